"""What places refuses."""

from fieldbook.kernel import Refusal


class NoSuchArea(Refusal):
    """No area has this id, or it was merged into another one, or its level is not the one asked for."""

    code = "places.no_such_area"
    status = 404
    sentence = "没有找到这个责任区或片区，可能已合并到别处。什么也没有改动，请刷新后再选。"


class CodeTaken(Refusal):
    """Another place, or another area of the same level, has this code."""

    code = "places.code_taken"
    sentence = "编号“{number}”已给了“{name}”。什么也没有保存，请换一个编号，其余内容都在。"


class NameMissing(Refusal):
    """A place, area or unit needs a name, and a place a code as well."""

    code = "places.name_missing"
    sentence = "名称或编号还没有填。什么也没有保存，其余内容都在。"


class KindMissing(Refusal):
    """A place is judged as one kind at least."""

    code = "places.kind_missing"
    sentence = "还没有选任务对象，至少选一类才知道按哪些标准检查。其余内容都在。"


class UnknownKind(Refusal):
    """The manual has no such kind."""

    code = "places.unknown_kind"
    sentence = "操作手册里没有“{kind}”这一类。什么也没有保存，请从列出的任务对象里选。"


class PositionUnclear(Refusal):
    """The text is no position."""

    code = "places.position_unclear"
    sentence = "这个坐标看不懂。请写成 31.55,118.48 或 31°33′00″N 118°28′48″E，其余内容都在。"


class PlaceClosed(Refusal):
    """The place is already what it should become: closed, or in use."""

    code = "places.already_so"
    status = 409
    sentence = "这个点位刚由别人停用或恢复了。什么也没有改动，请刷新后再看。"


class ChangedMeanwhile(Refusal):
    """Somebody else changed it since the form was opened."""

    code = "places.changed_meanwhile"
    status = 409
    sentence = "打开以后别人改过这一条，您填的还没有保存。请核对现在的内容，再改一次。"


class WrongLevel(Refusal):
    """Areas lie within larger ones, county › district › zone › grid, and never within themselves."""

    code = "places.wrong_level"
    sentence = "“{name}”不能放到“{parent}”下面：县、片区、责任区、网格要由大到小，也不能放进自己里面。什么也没有改动。"


class NotAlike(Refusal):
    """Only two different areas of the same level can be merged, and never the county."""

    code = "places.not_alike"
    sentence = "“{name}”和“{into}”不能合并：只有两个同级的片区、责任区或网格才能合并。什么也没有改动。"
