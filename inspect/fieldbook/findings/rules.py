"""What a finding may become. Pure: no session, no clock, no Flask."""

import math
from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from .deadlines import TIMEZONE
from .model import State
from .refusals import NotNow

S = State

OPEN = frozenset({S.TO_SCREEN, S.TO_ASSIGN, S.ASSIGNED, S.ACCEPTED, S.RECTIFIED, S.RETURNED, S.DEFERRED})
#: neither cleared nor counted
NOT_COUNTED = frozenset({S.DISMISSED, S.MERGED, S.VOID})
#: the unit's clock runs
RUNNING = frozenset({S.ASSIGNED, S.ACCEPTED, S.RETURNED})

#: (state, verb) -> state. A pair that is not here is refused; there is no other gate.
NEXT: dict[tuple[State, str], State] = {
    (S.TO_SCREEN, "screen"): S.TO_ASSIGN,
    (S.TO_SCREEN, "dismiss"): S.DISMISSED,
    (S.TO_SCREEN, "merge"): S.MERGED,
    (S.TO_ASSIGN, "assign"): S.ASSIGNED,
    (S.ASSIGNED, "assign"): S.ASSIGNED,
    (S.ACCEPTED, "assign"): S.ASSIGNED,
    # to another unit, when the one that has it does not manage
    (S.RETURNED, "assign"): S.ASSIGNED,
    # or wherever it stood before that assignment: see `replay`
    (S.ASSIGNED, "take_back"): S.TO_ASSIGN,
    (S.ASSIGNED, "accept"): S.ACCEPTED,
    (S.ASSIGNED, "dispute"): S.TO_ASSIGN,
    # a look of one second accepts: whoever reads that it is not theirs has accepted it already
    (S.ACCEPTED, "dispute"): S.TO_ASSIGN,
    (S.ASSIGNED, "rectify"): S.RECTIFIED,
    (S.ACCEPTED, "rectify"): S.RECTIFIED,
    (S.RETURNED, "rectify"): S.RECTIFIED,
    (S.ASSIGNED, "defer"): S.DEFERRED,
    (S.ACCEPTED, "defer"): S.DEFERRED,
    (S.RETURNED, "defer"): S.DEFERRED,
    (S.RECTIFIED, "clear"): S.CLEARED,
    (S.RECTIFIED, "return"): S.RETURNED,
    (S.CLEARED, "undo"): S.RECTIFIED,
    (S.RETURNED, "undo"): S.RECTIFIED,
    # still not possible: it waits longer
    (S.DEFERRED, "defer"): S.DEFERRED,
    (S.DEFERRED, "resume"): S.ACCEPTED,
    (S.CLEARED, "reopen"): S.ASSIGNED,
    **{(state, "void"): S.VOID for state in State if state not in (S.CLEARED, S.VOID)},
    # marks leave it where it is
    **{(state, verb): state for verb in ("ask_extension", "extend", "refuse_extension", "change_due", "urge") for state in RUNNING},
    **{(state, verb): state for verb in ("supervise", "unmark", "give_up") for state in OPEN},
}

#: a verdict or an assignment can be taken back by the same person for this long
UNDO_FOR = timedelta(minutes=10)
#: in what a step replaced: (who, ms) of a mark that can be taken back
MARK = "_mark"
#: metres within which the same criterion at the roadside is the same thing
SAME_SPOT_M = 50
METRES_A_DEGREE = 111_000


def after(state: State, verb: str) -> State:
    """The state that `verb` leads to. Raises NotNow."""
    try:
        return NEXT[State(state), verb]
    except KeyError:
        raise NotNow(state=str(state), verb=verb) from None


def born(*, own_area: bool, unit_known: bool, fixed: bool) -> State:
    """The state of a finding just reported.

    fixed: put right on the spot, with an after photo. own_area: by a patrol in its own area.
    """
    if fixed:
        return S.RECTIFIED
    if not own_area:
        return S.TO_SCREEN
    return S.ASSIGNED if unit_known else S.TO_ASSIGN


def may_still_undo(verdict_at: datetime | None, now: datetime) -> bool:
    """Whether a verdict given at `verdict_at` can still be taken back at `now`."""
    return verdict_at is not None and now - verdict_at <= UNDO_FOR


def urged_today(urged_at: datetime | None, now: datetime) -> bool:
    """Whether a unit that was last reminded at `urged_at` was reminded today: once a day of the county is enough."""
    zone = ZoneInfo(TIMEZONE)
    return urged_at is not None and urged_at.astimezone(zone).date() == now.astimezone(zone).date()


def box_e7(lat_e7: int, metres: int) -> tuple[int, int]:
    """Half the height and half the width, in degrees × 10^7, of a box that holds everything within `metres` of a latitude."""
    tall = metres / METRES_A_DEGREE * 10**7
    return math.ceil(tall), math.ceil(tall / max(math.cos(math.radians(lat_e7 / 10**7)), 0.01))


def replay(entries: Iterable[tuple[str, dict[str, object]]]) -> State | None:
    """The state that a finding's journal entries lead to, oldest first; None without any.

    entries: (verb in the past, facts). An entry that the table does not allow raises NotNow.
    """
    state: State | None = None
    before_assigned: State | None = None
    for verb, facts in entries:
        word = PRESENT.get(verb)
        if word == "report":
            state = State(str(facts["state"]))
        elif word is not None and state is not None:
            if word == "assign":
                before_assigned = state
            # a report may be assigned in the same breath: its state is already there
            then = state if facts.get("with_report") else after(state, word)
            state = before_assigned if word == "take_back" and before_assigned else then
    return state


#: journal verb -> the verb of the table; entries that change no state are not here
PRESENT = {
    "finding.reported": "report",
    "finding.screened": "screen",
    "finding.dismissed": "dismiss",
    "finding.assigned": "assign",
    "finding.accepted": "accept",
    "finding.rectified": "rectify",
    "finding.cleared": "clear",
    "finding.returned": "return",
    "finding.undone": "undo",
    "finding.voided": "void",
    "finding.merged": "merge",
    "finding.disputed": "dispute",
    "finding.taken_back": "take_back",
    "finding.extension_asked": "ask_extension",
    "finding.extended": "extend",
    "finding.extension_refused": "refuse_extension",
    "finding.extension_lapsed": "refuse_extension",
    "finding.supervised": "supervise",
    "finding.urged": "urge",
    "finding.due_changed": "change_due",
    "finding.unmarked": "unmark",
    "finding.deferred": "defer",
    "finding.resumed": "resume",
    "finding.reopened": "reopen",
    "photo.given_up": "give_up",
}
