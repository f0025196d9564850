"""What findings refuse."""

from fieldbook.kernel import Refusal


class NoSuchFinding(Refusal):
    """No finding has this id, or none that this person may see."""

    code = "findings.no_such_finding"
    status = 404
    sentence = "没有找到这条问题，可能已调整到别的责任区或单位。已填的内容都在。"


class NotNow(Refusal):
    """The finding stands in a state from which this verb leads nowhere: somebody was faster."""

    code = "findings.not_now"
    status = 409
    sentence = "这条问题的状态刚有变化，这一步现在不能办。照片和文字都没有丢，请看最新经过。"


class AfterPhotoMissing(Refusal):
    """Rectified was said without one photo taken since the finding was assigned."""

    code = "findings.after_photo_missing"
    sentence = "还缺整改后的照片。请到现场补拍一张，再点“提交整改”。已填的文字都在。"


class PhotoMissing(Refusal):
    """A finding was reported without a photo."""

    code = "findings.photo_missing"
    sentence = "还缺问题照片。请补拍一张再上报。已填的内容都在。"


class SeenTooLittle(Refusal):
    """The phone had not yet seen the latest assignment when it said rectified."""

    code = "findings.seen_too_little"
    status = 409
    sentence = "这条问题在您提交前又有新的交办或退回。请看最新要求后再提交，照片没有丢。"


class PhotosOnTheWay(Refusal):
    """Not every after photo has arrived and been looked at by the decoder."""

    code = "findings.photos_on_the_way"
    status = 409
    sentence = "整改后的照片还没有到齐，暂不能销号。到齐后再办，或退回重办。"


class OwnWork(Refusal):
    """Nobody clears what they or their unit put right."""

    code = "findings.own_work"
    status = 403
    sentence = "整改是您或您单位做的，不能由您复核。请由其他单位的复核员办理。"


class OwnFinding(Refusal):
    """Nobody makes a finding that they or their unit answer for disappear, move away or become easier."""

    code = "findings.own_finding"
    status = 403
    sentence = "这条问题归您或您单位整改，作废、合并、改派、挂账、延期都要由其他单位的人决定。什么也没有改动。"


class TooLateToUndo(Refusal):
    """More than ten minutes have passed, or the verdict was somebody else's."""

    code = "findings.too_late_to_undo"
    status = 409
    sentence = "已过 10 分钟或不是您办理的，不能撤销。如确有错误，请联系创城办重新交办。"


class NothingToHandOver(Refusal):
    """The unit has no open finding, or none that this person dispatches."""

    code = "findings.nothing_to_hand_over"
    status = 409
    sentence = "这个单位没有您能移交的未销号问题。什么也没有改动。"


class BadDue(Refusal):
    """The due date lies in the past or more than a year ahead."""

    code = "findings.bad_due"
    sentence = "期限要在现在之后、一年之内。请改好再提交，其余内容都在。"


class NoSuchUnit(Refusal):
    """No responsible unit has this id."""

    code = "findings.no_such_unit"
    sentence = "没有找到这个责任单位。请重新选择，其余内容都在。"


class WhereMissing(Refusal):
    """A finding at no place needs a zone or a position near one."""

    code = "findings.where_missing"
    sentence = "还不知道问题在哪个责任区。请选一个点位或责任区再上报，照片和文字都在。"


class WordsMissing(Refusal):
    """A reason of one's own needs words."""

    code = "findings.words_missing"
    sentence = "请写明理由再提交。其余内容都在。"


class BadReason(Refusal):
    """The reason is none of those that the list offers."""

    code = "findings.bad_reason"
    sentence = "请从列出的理由里选一条。其余内容都在。"


class UnknownCriterion(Refusal):
    """The manual of this version has no such kind or criterion."""

    code = "findings.unknown_criterion"
    sentence = "操作手册里没有这一项标准。内容都在手机上，请重新选择标准后再上报。"


class CannotMerge(Refusal):
    """A finding is merged into another one that is open, not into itself or a closed one."""

    code = "findings.cannot_merge"
    status = 409
    sentence = "只能并入另一条还没有销号的问题。请重新选择，其余内容都在。"


class AlreadyDisputed(Refusal):
    """A unit says once of a finding that it is not its own."""

    code = "findings.already_disputed"
    status = 409
    sentence = "本单位已就这条问题提过一次异议，片区已经定了。请按期整改，或联系片区调度。"


class AlreadyAsked(Refusal):
    """A request for more time already waits for its answer."""

    code = "findings.already_asked"
    status = 409
    sentence = "这条问题已有一份延期申请在等批复。请等批复后再办，已填的文字都在。"


class TooLateToAsk(Refusal):
    """More time is asked for before the deadline, not after it."""

    code = "findings.too_late_to_ask"
    status = 409
    sentence = "期限已到，不能再申请延期。请尽快整改，或联系片区调度。"


class NothingAsked(Refusal):
    """No request for more time waits for an answer."""

    code = "findings.nothing_asked"
    status = 409
    sentence = "这条问题没有待批的延期申请，可能已经批复或已报整改。请看最新经过。"


class NeedsHigher(Refusal):
    """The second extension of a finding is the county's to grant."""

    code = "findings.needs_higher"
    status = 403
    sentence = "第二次延期要由县一级批准。请转县创城办办理。"


class DueNotLater(Refusal):
    """An extension must end after the present deadline."""

    code = "findings.due_not_later"
    sentence = "延期后的期限要晚于现在的期限。请改好再提交，其余内容都在。"


class DueNotSooner(Refusal):
    """Supervision only shortens a deadline that runs."""

    code = "findings.due_not_sooner"
    sentence = "督办只能把正在走的期限提前。请改好再提交，其余内容都在。"


class UnitMissing(Refusal):
    """No rule names a unit, and none was chosen."""

    code = "findings.unit_missing"
    sentence = "按规则找不到责任单位。请选一个单位再提交，其余内容都在。"


class PhotoNotMissing(Refusal):
    """The finding names no such photo that is still missing: it has arrived, or was given up before."""

    code = "findings.photo_not_missing"
    status = 409
    sentence = "这张照片已经到了，或先前已标为不再等，不用再办。请看最新的照片。"


class YearNotAnnounced(Refusal):
    """The working days of this year are not known yet."""

    code = "findings.year_not_announced"
    status = 409
    sentence = "{year} 年的放假安排还没有收录。可以先逐日修改，等收录后再载入。"


class BadHours(Refusal):
    """Working hours are one to three spans of a day, in order and apart, of at least an hour in all."""

    code = "findings.bad_hours"
    sentence = "上班时间要按先后填，一段接一段，不能重叠，一天合计不少于 1 小时。填写的都还在。"


class RuleAsksNothing(Refusal):
    """A standing rule without a condition would take every finding of the county."""

    code = "findings.rule_asks_nothing"
    sentence = "请至少选一个条件：点位、责任区、任务对象或标准。其余内容都在。"


class NoSuchRule(Refusal):
    """The standing rule was dropped meanwhile, or lies outside the person's scope."""

    code = "findings.no_such_rule"
    status = 404
    sentence = "没有找到这条交办规则，可能刚被删去。请看最新的规则。"


class AlreadyUrged(Refusal):
    """A unit is reminded of the same finding once a day, and no more."""

    code = "findings.already_urged"
    status = 409
    sentence = "这条问题今天已经催办过一次。请明天再催，或改用督办。"


class DueUnchanged(Refusal):
    """The deadline named is the one that stands."""

    code = "findings.due_unchanged"
    sentence = "期限本来就是这一天。请另选一天，其余内容都在。"
