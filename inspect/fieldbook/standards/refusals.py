"""What standards refuse."""

from fieldbook.kernel import Refusal


class NoSuchManual(Refusal):
    """No version of the manual has this number."""

    code = "standards.no_such_manual"
    status = 404
    sentence = "没有这个版本的操作手册。请联网更新后再试，内容都在。"


class NoDraft(Refusal):
    """There is no draft: none was begun, or it was published or discarded."""

    code = "standards.no_draft"
    status = 404
    sentence = "现在没有草稿，可能已发布或已放弃。请回到标准页另起一份。"


class NotInDraft(Refusal):
    """The draft has no kind or criterion of this code."""

    code = "standards.not_in_draft"
    status = 404
    sentence = "草稿里没有这个编号。请回到草稿，从目录里选。"


class EditedMeanwhile(Refusal):
    """Somebody else saved this kind or criterion since the page was opened."""

    code = "standards.edited_meanwhile"
    status = 409
    sentence = "{code} 刚被别人改过，您的改动还没有存。两边的内容都在下面，请对照后再存。"


class DraftMoved(Refusal):
    """The draft was changed since the comparison that the person saw."""

    code = "standards.draft_moved"
    status = 409
    sentence = "您看过以后，草稿又有改动，这一步没有做。请看最新的对照，再决定。"


class DraftSettled(Refusal):
    """The draft waits for its day and is not changed meanwhile."""

    code = "standards.draft_settled"
    status = 409
    sentence = "草稿已定好发布日期，现在不能改。要改请先取消定期发布，内容都在。"


class BaseMoved(Refusal):
    """Another version was published after this draft was begun from the one before."""

    code = "standards.base_moved"
    status = 409
    sentence = "草稿是从第 {base} 版起的，现在已是第 {version} 版。请先导出草稿，放弃后从新版另起，再导入。"


class CodeInUse(Refusal):
    """The draft already has this code."""

    code = "standards.code_in_use"
    status = 409
    sentence = "编号 {code} 已经有了。请换一个编号，其余内容都在。"


class NothingChanged(Refusal):
    """The draft says what the current version says."""

    code = "standards.nothing_changed"
    sentence = "草稿和现行版没有差别，不用发布。"


class NotReady(Refusal):
    """The draft has faults that a version must not have."""

    code = "standards.not_ready"
    sentence = "还有 {n} 处没有写全，不能发布。请按“发布前核对”逐处补齐，草稿都在。"


class DayPassed(Refusal):
    """The day of publishing is not after today."""

    code = "standards.day_passed"
    sentence = "发布日期要在今天以后。请另选日期，或选“立即”。"


class TableUnread(Refusal):
    """The table has no column that could be the criteria's text."""

    code = "standards.table_unread"
    sentence = "表里没有找到“任务对象”和“测评标准”两栏，什么也没有改。请检查表头，再传一次。"


class NoSuchImport(Refusal):
    """No import of the draft has this id; a later one took its place, or it was taken over."""

    code = "standards.no_such_import"
    status = 404
    sentence = "这份导入已经用过，或被后一份代替。草稿没有变，请重新选表。"
