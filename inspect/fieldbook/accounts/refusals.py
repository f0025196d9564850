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


class DeviceRevoked(Refusal):
    """The phone this session belongs to was taken out of use: it hands in what it holds and empties itself."""

    code = "accounts.device_revoked"
    status = 401
    sentence = "这部手机已停用。还没传完的内容会先交给办公室，再从手机上清除。"


class DeviceStolen(Refusal):
    """The phone this session belongs to was reported as stolen: it empties itself at once."""

    code = "accounts.device_revoked_at_once"
    status = 401
    sentence = "这部手机已报失，里面的内容会马上清除。如果是您本人在用，请联系管理员。"


class NoSuchPhone(Refusal):
    """This person uses no such phone, or it cannot be taken into use again."""

    code = "accounts.no_such_phone"
    status = 404
    sentence = "没有找到这部手机，可能已清空或已换过。什么也没有改动，请看一下最新的手机列表。"


class NoSuchPerson(Refusal):
    """Nobody has this id, or nobody who can be chosen here."""

    code = "accounts.no_such_person"
    status = 404
    sentence = "没有找到这个人，可能已停用或不在您的范围内。什么也没有改动。"


class PersonNameMissing(Refusal):
    """A person needs a name of at most 40 characters."""

    code = "accounts.person_name_missing"
    sentence = "姓名要填，不超过 40 个字。什么也没有保存，其余内容都在。"


class BadLogin(Refusal):
    """A name to log in by is at most 40 characters without spaces."""

    code = "accounts.bad_login"
    sentence = "账号要填，不超过 40 个字，中间没有空格。什么也没有保存，其余内容都在。"


class NoSuchPost(Refusal):
    """The person does not hold this post any more."""

    code = "accounts.no_such_post"
    status = 404
    sentence = "这个岗位刚有变化，已不在这个人名下。什么也没有改动，请看一下最新的岗位。"


class PostIncomplete(Refusal):
    """Who puts things right does so for a unit."""

    code = "accounts.post_incomplete"
    sentence = "整改岗位要选一个责任单位。什么也没有保存，其余内容都在。"


class LastAdministrator(Refusal):
    """Nobody could administer the county any more."""

    code = "accounts.last_administrator"
    status = 409
    sentence = "全县只剩这一位管理员，不能停用，也不能去掉这个岗位。请先添一位管理员，什么也没有改动。"


class LinkClosed(Refusal):
    """The one-time link was used, replaced, is older than 24 hours, or never existed."""

    code = "accounts.link_closed"
    status = 404
    sentence = "这个一次性入口已经用过或已过期。请管理员重新打印一张，手机里的内容不受影响。"


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


class NoSuchUnit(Refusal):
    """No unit has this id, or it is closed."""

    code = "accounts.no_such_unit"
    status = 404
    sentence = "没有找到这个责任单位，可能已停用。什么也没有改动，请另选一个单位。"


class UnitNameMissing(Refusal):
    """A unit needs a name."""

    code = "accounts.unit_name_missing"
    sentence = "责任单位的名称还没有填。什么也没有保存，其余内容都在。"


class UnitNameTaken(Refusal):
    """Another unit in use has this name."""

    code = "accounts.unit_name_taken"
    sentence = "已有一个责任单位叫“{name}”。什么也没有保存，请用全称区分，其余内容都在。"


class UnitChangedMeanwhile(Refusal):
    """Somebody else changed the unit since the form was opened."""

    code = "accounts.unit_changed_meanwhile"
    status = 409
    sentence = "打开以后别人改过这个单位，您填的还没有保存。请核对现在的内容，再改一次。"


class UnitInUse(Refusal):
    """A unit that still holds findings, posts or places cannot be closed."""

    code = "accounts.unit_in_use"
    status = 409
    sentence = "“{name}”还有未销号问题 {findings} 件、岗位 {posts} 个、点位和责任区 {places} 处，不能停用。请先在问题、人员和点位里转给别的单位，什么也没有改动。"
