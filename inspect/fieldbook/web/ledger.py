"""The ledger 台账: findings as the offices' table has them, one row each, in the order of the list they are taken from."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from fieldbook import findings
from fieldbook.findings import Filters, Finding, State
from fieldbook.workbooks import Cell, Picture

from . import formats
from .shown import SEEN, Shown, source_word, state_word
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
    ids = findings.ids_in(shown.session, shown.standing, filters, now=shown.now, sort=sort, limit=MOST_ROWS)
    told: list[list[Cell]] = []
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        found = findings.by_id(shown.session, part)
        batch = [found[one] for one in part if one in found]
        cards = findings.cards(shown.session, shown.standing, batch, now=shown.now, language=shown.language)
        shown.know_units(batch)
        told += [_row(number, finding, card, shown, small if number <= MOST_PICTURED else _none) for number, (finding, card) in enumerate(zip(batch, cards, strict=True), start + 1)]
    return told


def _row(number: int, finding: Finding, card: dict[str, Any], shown: Shown, shows: Callable[[str], bytes]) -> list[Cell]:
    criterion = shown.criterion(finding)
    last = {step["verb"]: step for step in card["course"]}
    verdict = last.get("cleared") if finding.state == State.CLEARED else last.get("returned")
    severity = {"critical": _("关键"), "major": _("重要"), "minor": _("一般")}.get(criterion.severity if criterion else "", "")
    return [
        number,
        finding.number,
        _local(finding.found_at),
        source_word(finding.source),
        card["reporter"]["name"],
        shown.zone(finding.zone_id),
        card["place_name"],
        shown.kind(finding),
        f"{criterion.code} {criterion.text(shown.language)}" if criterion else "",
        card["title"],
        severity,
        _picture(card["before"], shows),
        shown.unit(finding.unit_id),
        shown.lead(finding),
        shown.term(finding),
        _local(finding.assigned_at),
        _local(finding.due_at),
        _local(finding.rectified_at),
        last["rectified"]["words"] if "rectified" in last else "",
        _picture(card["after"], shows),
        state_word(finding.state),
        verdict["who"] if verdict else "",
        verdict["words"] if verdict else "",
        _("是") if finding.state == State.CLEARED else _("否"),
        _local(finding.cleared_at),
        finding.returned,
        _("第 %(n)s 次", n=finding.nth) if finding.nth > 1 else "",
    ]


def _none(_sha256: str) -> bytes:
    return b""


def _picture(photos: list[dict[str, Any]], small: Callable[[str], bytes]) -> Cell:
    """The first photo that can be seen, else how many there are and how many came."""
    seen = [photo["sha256"] for photo in photos if photo["state"] == SEEN]
    if not photos:
        return ""
    return Picture(small(seen[0]) if seen else b"", _("%(here)s / %(all)s 张", here=len(seen), all=len(photos)))


def _local(moment: datetime | None) -> datetime | None:
    """The county's clock, to the minute."""
    at = formats.local(moment)
    return at.replace(second=0, microsecond=0) if at else None
