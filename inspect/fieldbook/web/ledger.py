"""The ledger 台账: findings as the offices' table has them, one row each, in the order of the list they are taken from."""

from collections.abc import Callable
from datetime import datetime

from fieldbook import evidence, findings
from fieldbook.evidence import Pair, PhotoState
from fieldbook.findings import Filters, Line, State, Told
from fieldbook.workbooks import Cell, Picture

from . import formats
from .shown import Shown, source_word, state_word
from .words import _

#: so many findings are taken at most; more would be no table that somebody reads
MOST_ROWS = 20_000
#: so many findings bring their pictures along: two of 15 KB each make a file that still opens quickly
MOST_PICTURED = 500
#: read at a time
CHUNK = 500


def head() -> list[str]:
    """The headings, in the order of the offices' ledgers."""
    return [
        _("序号"),
        _("问题编号"),
        _("发现时间"),
        _("发现方式"),
        _("发现人"),
        _("责任区"),
        _("点位名称"),
        _("任务对象"),
        _("测评标准"),
        _("存在问题"),
        _("严重程度"),
        _("整改前照片"),
        _("责任单位"),
        _("牵头部门"),
        _("整改类型"),
        _("交办时间"),
        _("整改时限"),
        _("整改完成时间"),
        _("整改情况"),
        _("整改后照片"),
        _("状态"),
        _("复核人"),
        _("复核意见"),
        _("是否销号"),
        _("销号时间"),
        _("退回次数"),
        _("反弹"),
    ]


def rows(shown: Shown, filters: Filters, sort: str, small: Callable[[str], bytes]) -> list[list[Cell]]:
    """Every finding of the list that the person sees, not only one page of it.

    small: the small picture of a photo by its hash, empty when there is none; asked for the first MOST_PICTURED findings.
    """
    found = findings.page_of(shown.session, shown.standing, filters, now=shown.now, sort=sort, most=MOST_ROWS)
    severities = {"critical": _("关键"), "major": _("重要"), "minor": _("一般")}
    told: list[list[Cell]] = []
    for start in range(0, len(found), CHUNK):
        part = found[start : start + CHUNK]
        photos = evidence.pairs(shown.session, [line.id for line in part])
        steps = findings.last_steps(shown.session, [line.id for line in part if line.rectified_at or line.cleared_at or line.returned])
        told += [
            _row(number, line, photos.get(line.id), steps.get(line.id, {}), shown, severities, small if number <= MOST_PICTURED else _none)
            for number, line in enumerate(part, start + 1)
        ]
    return told


def _row(number: int, line: Line, photos: Pair | None, steps: dict[str, Told], shown: Shown, severities: dict[str, str], shows: Callable[[str], bytes]) -> list[Cell]:
    criterion = shown.criterion(line)
    verdict = steps.get("cleared") if line.state == State.CLEARED else steps.get("returned")
    return [
        number,
        line.number,
        _local(line.found_at),
        source_word(line.source),
        line.reporter,
        shown.zone(line.zone_id),
        line.place_name or "",
        shown.kind(line),
        f"{criterion.code} {criterion.text(shown.language)}" if criterion else "",
        shown.title(line),
        severities.get(criterion.severity, "") if criterion else "",
        _picture(photos.before, shows) if photos else "",
        shown.unit(line.unit_id),
        shown.lead(line),
        shown.term(line),
        _local(line.assigned_at),
        _local(line.due_at),
        _local(line.rectified_at),
        steps["rectified"].words if "rectified" in steps else "",
        _picture(photos.after, shows) if photos else "",
        state_word(line.state),
        verdict.who if verdict else "",
        verdict.words if verdict else "",
        _("是") if line.state == State.CLEARED else _("否"),
        _local(line.cleared_at),
        line.returned,
        _("第 %(n)s 次", n=line.nth) if line.nth > 1 else "",
    ]


def _none(_sha256: str) -> bytes:
    return b""


def _picture(photos: list[tuple[str, PhotoState]], small: Callable[[str], bytes]) -> Cell:
    """The first photo that can be seen, else how many there are and how many came."""
    seen = [sha256 for sha256, state in photos if state is PhotoState.CHECKED]
    if not photos:
        return ""
    return Picture(small(seen[0]) if seen else b"", _("%(here)s / %(all)s 张", here=len(seen), all=len(photos)))


def _local(moment: datetime | None) -> datetime | None:
    """The county's clock, to the minute."""
    return moment.astimezone(formats.COUNTY_TIME).replace(second=0, microsecond=0) if moment else None
