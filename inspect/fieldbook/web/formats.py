"""How a moment, a figure and a name are written on the desk, in the reader's language.

The county's clock is fixed at +08:00 (China has one time zone and no summer time).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from flask import Flask

from fieldbook import findings

from .words import _, language

COUNTY_TIME = timezone(timedelta(hours=8))
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

Moment = datetime | int | None


def is_english() -> bool:
    """Whether the reader's language is English."""
    return language() == "en"


def local(moment: Moment) -> datetime | None:
    """A moment (UTC, or milliseconds since 1970) on the county's clock."""
    if moment is None:
        return None
    if isinstance(moment, int):
        moment = datetime.fromtimestamp(moment / 1000, UTC)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(COUNTY_TIME)


def day(value: Moment | date) -> str:
    """06-14, in English 14 Jun."""
    if value is None:
        return ""
    at = value if isinstance(value, date) and not isinstance(value, datetime) else local(value)
    assert at is not None
    return f"{at.day} {_MONTHS[at.month - 1]}" if is_english() else f"{at.month:02}-{at.day:02}"


def long_day(value: Moment | date) -> str:
    """2025-06-14, in English 14 Jun 2025."""
    if value is None:
        return ""
    at = value if isinstance(value, date) and not isinstance(value, datetime) else local(value)
    assert at is not None
    return f"{day(at)} {at.year:04}" if is_english() else iso_day(at)


def iso_day(value: Moment | date) -> str:
    """2025-06-14 in both languages, as fields of forms and stamps on photos have it."""
    if value is None:
        return ""
    at = value if isinstance(value, date) and not isinstance(value, datetime) else local(value)
    assert at is not None
    return f"{at.year:04}-{at.month:02}-{at.day:02}"


def clock(value: Moment) -> str:
    """09:32."""
    at = local(value)
    return f"{at.hour:02}:{at.minute:02}" if at else ""


def moment(value: Moment) -> str:
    """06-14 09:32, in English 14 Jun 09:32."""
    return f"{day(value)} {clock(value)}" if value is not None else ""


def long_moment(value: Moment) -> str:
    """2025-06-14 09:32, in English 14 Jun 2025 09:32."""
    return f"{long_day(value)} {clock(value)}" if value is not None else ""


def stamped(value: Moment) -> str:
    """2025-06-14 09:32 in both languages, as it is burnt into a photo."""
    return f"{iso_day(value)} {clock(value)}" if value is not None else ""


def month_word(number: int) -> str:
    """6 月, in English Jun."""
    return _MONTHS[number - 1] if is_english() else f"{number} 月"


def weekday(value: date) -> str:
    """The day's name."""
    return (
        _("星期一"),
        _("星期二"),
        _("星期三"),
        _("星期四"),
        _("星期五"),
        _("星期六"),
        _("星期日"),
    )[value.weekday()]


def figure(value: float) -> str:
    """8 and not 8.0; 7.8; from ten on whole."""
    value = round(value, 1)
    if value >= 10 or value == int(value):
        return str(round(value))
    return f"{value:.1f}"


def plain(value: float) -> str:
    """85, and 4.2 where there are tenths."""
    return f"{value:g}"


def thousands(value: int) -> str:
    """20 418: figures in threes from five on, set apart by a thin space."""
    return f"{value:,}".replace(",", "\u2009") if value >= 10_000 else str(value)


def counted(value: int) -> str:
    """How many a list holds; "9999+" where counting stopped."""
    return str(value) if value < findings.MOST_COUNTED else f"{findings.MOST_COUNTED - 1}+"


def size(count: int) -> str:
    """Bytes as people say them: 412 MB, 11.6 GB."""
    return f"{figure(count / 1e9)} GB" if count >= 1e9 else f"{figure(count / 1e6)} MB"


def per_cent(part: int, whole: int) -> str:
    """81.8 %, or a dash where there is nothing to divide by."""
    return f"{part / whole * 100:.1f} %" if whole else "–"


def apart(seconds: float) -> str:
    """How long lies between two moments: 22 小时 38 分."""
    minutes = int(abs(seconds) // 60)
    days, minutes = divmod(minutes, 1440)
    hours, minutes = divmod(minutes, 60)
    if days:
        return _("%(days)s 天 %(hours)s 小时", days=days, hours=hours)
    if hours:
        return _("%(hours)s 小时 %(minutes)s 分", hours=hours, minutes=minutes)
    return _("%(minutes)s 分", minutes=minutes)


def masked(phone: str) -> str:
    """139****0000: a telephone number as lists show it; what has fewer than seven digits is no person's."""
    digits = [at for at, sign in enumerate(phone) if sign.isdecimal()]
    if len(digits) < 7:
        return _unbroken(phone)
    hidden = set(digits[-8:-4] if len(digits) >= 11 else digits[-6:-2])
    return _unbroken("".join("*" if at in hidden else sign for at, sign in enumerate(phone)))


def _unbroken(phone: str) -> str:
    """A number that no line ends within: a word joiner stands behind each hyphen."""
    return phone.replace("-", "-\u2060")


def short_number(number: str) -> str:
    """The last part of a finding's number: 0031 of CW-20250614-0031."""
    return number.rpartition("-")[2] or number


def in_language(thing: Any, name: str = "name") -> str:
    """A thing's name in the reader's language; the Chinese one where there is no other."""
    if thing is None:
        return ""
    get = thing.get if isinstance(thing, dict) else lambda key, default=None: getattr(thing, key, default)
    if is_english():
        english = get(f"{name}_en")
        if english:
            return str(english)
    return str(get(f"{name}_zh") or get(name) or "")


def in_language_list(thing: Any, name: str) -> list[str]:
    """The same for a list of sentences."""
    if thing is None:
        return []
    get = thing.get if isinstance(thing, dict) else lambda key, default=None: getattr(thing, key, default)
    return list((get(f"{name}_en") if is_english() else None) or get(f"{name}_zh") or [])


def install(app: Flask) -> None:
    """Give the templates these words."""
    app.jinja_env.filters.update(
        day=day,
        long_day=long_day,
        iso_day=iso_day,
        stamped=stamped,
        clock=clock,
        moment=moment,
        long_moment=long_moment,
        weekday=weekday,
        figure=figure,
        thousands=thousands,
        counted=counted,
        apart=apart,
        short_number=short_number,
        in_language=in_language,
    )
    app.jinja_env.globals.update(per_cent=per_cent)
