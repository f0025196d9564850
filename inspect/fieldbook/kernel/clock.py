"""Time: UTC everywhere, whole milliseconds on the wire, and never read below `web`, `sync` and `ops`."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

#: gives the present moment, aware, UTC
Clock = Callable[[], datetime]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def utcnow() -> datetime:
    """The present moment, cut to whole milliseconds, so that what is stored equals what was said."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def to_ms(moment: datetime) -> int:
    """Whole milliseconds since 1970 UTC; `moment` must be aware."""
    return (moment - EPOCH) // timedelta(milliseconds=1)


def from_ms(ms: int) -> datetime:
    """The moment `ms` milliseconds after 1970 UTC; raises OverflowError outside the years 1 to 9999."""
    return EPOCH + timedelta(milliseconds=ms)
