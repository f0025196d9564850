"""Logs: one JSON object a line, in which nobody who is asked about can write a line of their own."""

import json
import logging
import re
from datetime import UTC, datetime

#: what a terminal or a log reader would obey; JSON itself escapes what is below a space
_OBEYED = re.compile("[\x7f-\x9f\u2028\u2029]")


class Lines(logging.Formatter):
    """A record as one line: when, how grave, who says it, what, and the trace of a fault."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "from": record.name,
            "said": record.getMessage(),
        }
        if record.exc_info:
            told["trace"] = self.formatException(record.exc_info)
        return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(told, ensure_ascii=False))


def install() -> None:
    """Let the whole process log that way, to its standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(Lines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
