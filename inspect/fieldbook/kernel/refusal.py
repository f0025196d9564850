"""Refusals: what we will not do, as a code for machines and a sentence for people."""

from typing import Any, ClassVar


class Refusal(Exception):
    """Something asked for is not done, and nothing has changed.

    `code` is stable and public. `sentence` is the Chinese msgid of the catalogue, with
    `{fact}` marks; it says what happened, whether anything is lost and what to do next.
    `facts` fill the marks and travel to the phone.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 422
    sentence: ClassVar[str] = "这一步没有做成。内容都在，请返回重试。"

    def __init__(self, **facts: Any) -> None:
        super().__init__(self.code)
        self.facts: dict[str, Any] = {name: value if isinstance(value, int | bool) else str(value) for name, value in facts.items()}


class Busy(Refusal):
    """The database did not free its writer in time; the same call may go through at once after."""

    code = "kernel.busy"
    status = 503
    sentence = "系统正忙，这一步还没有做。内容都在，请稍候再试。"


class NoRoom(Busy):
    """The server's disk is nearly full; what is there is kept, and the same call goes through once there is room."""

    code = "kernel.no_room"
    sentence = "服务器磁盘快满了，这一步还没有做。内容都在，请稍后再试，并告诉管理员。"
