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


class TooLateToUndo(Refusal):
    """More than ten minutes have passed, or the verdict was somebody else's."""

    code = "findings.too_late_to_undo"
    status = 409
    sentence = "已过 10 分钟或不是您办理的，不能撤销。如确有错误，请联系创城办重新交办。"


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
