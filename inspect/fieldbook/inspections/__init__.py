"""Inspections: rounds, visits, answers and scores.

Words: round 巡查任务, visit 检查, answer 判定, score, tally.
May import evidence, places, standards, accounts, journal, kernel. Never: know a finding.
"""

from .commands import AnswerGiven, BadAnswer, VisitKnown, keep_visit, make_round, move_rounds
from .model import AnswerRow, Round, RoundPlace, Verdict, Visit
from .queries import NoSuchVisit, answers_of, last_visits, rounds_for, visit
from .rules import score, tally

__all__ = [
    "AnswerGiven",
    "AnswerRow",
    "BadAnswer",
    "NoSuchVisit",
    "Round",
    "RoundPlace",
    "Verdict",
    "Visit",
    "VisitKnown",
    "answers_of",
    "keep_visit",
    "last_visits",
    "make_round",
    "move_rounds",
    "rounds_for",
    "score",
    "tally",
    "visit",
]
