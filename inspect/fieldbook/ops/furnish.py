"""What every new county starts with: an epoch, the calendar, the manual."""

import json
from pathlib import Path

from fieldbook import findings, standards, sync
from fieldbook.kernel import Act

STANDARDS = Path(__file__).resolve().parents[3] / "data" / "standards.json"


def furnish(act: Act) -> None:
    """Begin the first epoch, enter the announced holidays, publish the manual of 44 kinds and 417 criteria."""
    sync.new_epoch(act)
    findings.fill_calendar(act, range(act.at.year - 1, act.at.year + 2))
    standards.publish(act, json.loads(STANDARDS.read_text("utf-8")))
