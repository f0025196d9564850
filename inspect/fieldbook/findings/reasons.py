"""Why a reviewer returns a finding and why a report is dismissed: the reasons everybody has, and the county's own."""

from sqlalchemy.orm import Session

from fieldbook.kernel import county

Reasons = dict[str, tuple[str, str]]

#: why a reviewer is not satisfied, by the digit of the desk's key: code -> (zh, en)
RETURN_REASONS: Reasons = {
    "not_done": ("未整改到位", "Not put right"),
    "other_spot": ("不是同一处", "Not the same spot"),
    "other_angle": ("角度不同", "Different angle"),
    "unclear": ("照片不清", "Photo unclear"),
    "no_photo": ("缺照片", "Photo missing"),
    "old_photo": ("用了旧照片", "Old photo used"),
    "other": ("另写", "In words"),
}
#: why a report does not count
DISMISS_REASONS: Reasons = {
    "not_a_fault": ("不属于问题", "Not a fault"),
    "not_ours": ("不在本县范围", "Outside the county"),
    "unclear": ("照片看不清", "Photo unclear"),
    "already_open": ("已有同一问题", "Already open"),
    "other": ("另写", "In words"),
}
#: how many reasons of its own a county may offer for each; the desk's keys 7, 8 and 9
MOST_OWN = 3


def return_reasons(session: Session) -> Reasons:
    """What a reviewer may choose from, in the order of the keys; "other" comes last."""
    return _with_own(session, RETURN_REASONS, "return")


def dismiss_reasons(session: Session) -> Reasons:
    """What a screener may choose from; "other" comes last."""
    return _with_own(session, DISMISS_REASONS, "dismiss")


def reason_words(session: Session, code: str) -> tuple[str, str]:
    """(zh, en) of a reason that was once given, though the county may have dropped it since; empty for an unknown one."""
    own = {one["code"]: (one["zh"], one["en"]) for one in county(session).reasons}
    return own.get(code) or RETURN_REASONS.get(code) or DISMISS_REASONS.get(code) or ("", "")


def _with_own(session: Session, usual: Reasons, verb: str) -> Reasons:
    own = {one["code"]: (one["zh"], one["en"]) for one in county(session).reasons if one["verb"] == verb and not one["dropped"]}
    return {**{code: words for code, words in usual.items() if code != "other"}, **own, "other": usual["other"]}
