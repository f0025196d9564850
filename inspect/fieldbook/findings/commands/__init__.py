"""Verbs of findings, a file a step of the loop. Each checks everything before the first change, then changes, then records.

reporting (report, finish_visit) · screening (screen, dismiss, merge, void) · assigning (assign, take_back, many at once) ·
rectifying (accept, dispute, rectify) · extending (ask_extension, extend, refuse_extension, change_due) · verdicts (clear, return, undo,
reopen, give_up_photo) · oversight (urge, supervise, unmark, defer, resume) · routing_rules (以后都交) · calendar_days (the calendar by year and day, and what it moves). What several share stands in steps.
"""

from .assigning import Planned, assign, plan_assignments, take_back
from .calendar_days import (
    CalendarChange,
    Moved,
    fill_calendar,
    is_own_day,
    load_calendar_year,
    preview_calendar_day,
    preview_calendar_year,
    preview_hours,
    set_calendar_day,
    set_hours,
    unset_calendar_day,
)
from .extending import LAPSE, ask_extension, change_due, extend, lapse_due, refuse_extension
from .oversight import RESUME, defer, resume, resume_due, supervise, unmark, urge
from .rectifying import accept, dispute, rectify
from .reporting import finish_visit, report
from .routing_rules import drop_rule, set_rule
from .screening import dismiss, merge, screen, void
from .steps import keys
from .verdicts import clear, give_up_photo, reopen, send_back, undo

__all__ = [
    "LAPSE",
    "RESUME",
    "CalendarChange",
    "Moved",
    "Planned",
    "accept",
    "ask_extension",
    "assign",
    "change_due",
    "clear",
    "defer",
    "dismiss",
    "dispute",
    "drop_rule",
    "extend",
    "fill_calendar",
    "finish_visit",
    "give_up_photo",
    "is_own_day",
    "keys",
    "lapse_due",
    "load_calendar_year",
    "merge",
    "plan_assignments",
    "preview_calendar_day",
    "preview_calendar_year",
    "preview_hours",
    "rectify",
    "refuse_extension",
    "reopen",
    "report",
    "resume",
    "resume_due",
    "screen",
    "send_back",
    "set_calendar_day",
    "set_hours",
    "set_rule",
    "supervise",
    "take_back",
    "undo",
    "unmark",
    "unset_calendar_day",
    "urge",
    "void",
]
