"""What accounts refuses."""

from fieldbook.kernel import Refusal


class WrongLogin(Refusal):
    """The name and the password do not belong together, or nobody has that name: one answer for both."""

    code = "accounts.wrong_login"
    status = 401
    sentence = "登录名或密码不对。手机里的内容不受影响，请核对后再试。"


class TooManyTries(Refusal):
    """Too many wrong passwords for this account or from this network."""

    code = "accounts.too_many_tries"
    status = 429
    sentence = "试错次数太多，请过 {wait_seconds} 秒再试。手机里的内容不受影响。"


class PhoneRevoked(Refusal):
    """The password is right, but this phone was revoked: lost, or given back."""

    code = "accounts.phone_revoked"
    status = 403
    sentence = "这部手机已停用，不能再登录。手机里的内容都在，请联系管理员恢复，或换一部手机。"


class NotYourDuty(Refusal):
    """The person holds no post that may do this here."""

    code = "accounts.not_your_duty"
    status = 403
    sentence = "这一步不在您的职责内。内容没有改动，如需办理请联系片区或创城办。"


class LoginTaken(Refusal):
    """Another person already logs in under this name."""

    code = "accounts.login_taken"
    sentence = "登录名“{login}”已有人使用，请换一个。其余内容都在。"


class FirstDoorClosed(Refusal):
    """The one-time link was used, replaced, or never existed."""

    code = "accounts.first_door_closed"
    status = 404
    sentence = "这个一次性链接已经用过或已失效。请在服务器上重新启动，用新打印的链接。"
