"""How findings are shown at the desk: from the rows of the findings room to what the templates write."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from fieldbook import accounts, evidence, findings, places, standards
from fieldbook.findings import Finding, Line, State
from fieldbook.kernel import county
from fieldbook.places import AreaKnown, Standing

from . import drawing, formats, words
from .drawing import Due
from .words import _

#: photo states in which everybody may see it
SEEN = "checked"


@dataclass
class Shown:
    """What one page needs to name things: areas, units, the manual's words, the county's calendar."""

    session: Session
    standing: Standing
    now: datetime
    areas: dict[UUID, AreaKnown] = field(init=False)
    calendar: findings.Calendar = field(init=False)
    units: dict[UUID, accounts.UnitKnown] = field(init=False)
    language: str = field(init=False)
    _zones: dict[UUID, str] = field(default_factory=dict)
    _manuals: dict[int | None, standards.Manual | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.areas = places.area_names(self.session)
        self.units = accounts.all_units(self.session)
        self.calendar = findings.calendar(self.session)
        self.language = words.language()
        self.soon_hours = county(self.session).soon_hours

    # ---- names

    def zone(self, zone_id: UUID) -> str:
        """6 南门."""
        word = self._zones.get(zone_id)
        if word is None:
            area = self.areas.get(zone_id)
            word = self._zones[zone_id] = findings.zone_label(area, self.language) if area else ""
        return word

    def long_zone(self, zone_id: UUID) -> str:
        """第 6 责任区 南门."""
        area = self.areas.get(zone_id)
        if area is None:
            return ""
        return _("第 %(code)s 责任区 %(name)s", code=area.code, name=formats.in_language(area)).strip()

    def unit(self, unit_id: UUID | None) -> str:
        """A unit's name; empty when there is none."""
        return formats.in_language(self.units.get(unit_id)) if unit_id else ""

    def place_name(self, place_id: UUID | None) -> str:
        """A place's name; empty when there is none."""
        place = places.places_by_id(self.session, [place_id]).get(place_id) if place_id else None
        return place.name if place else ""

    def kind(self, finding: Finding | Line) -> str:
        """The kind of place the finding was judged as."""
        return self.kind_name(finding.kind, finding.manual)

    @property
    def manual(self) -> standards.Manual | None:
        """The current manual, read once a page."""
        return self._manual(None)

    def _manual(self, version: int | None) -> standards.Manual | None:
        if version not in self._manuals:
            self._manuals[version] = standards.current_manual(self.session) if version is None else standards.manual(self.session, version)
        return self._manuals[version]

    def kind_name(self, code: str | None, version: int | None = None) -> str:
        """A kind's name in a version of the manual, or in the current one."""
        if code is None:
            return ""
        manual = self._manual(version)
        kind = manual.kinds.get(code) if manual else None
        return kind.name(self.language) if kind else code

    def criterion(self, finding: Finding | Line) -> standards.Criterion | None:
        """The criterion in the version it was judged by."""
        if finding.criterion is None or finding.manual is None:
            return None
        manual = self._manual(finding.manual)
        return manual.criteria.get(finding.criterion) if manual else None

    def title(self, finding: Finding | Line) -> str:
        """What the finding is called."""
        return finding.words or findings.title(self.session, finding, self.language)

    # ---- time

    def due(self, finding: Finding | Line) -> Due:
        """Its place on the deadline axis; what was handed in stands where it was handed in."""
        if finding.state == State.DEFERRED:
            return drawing.due(None, until=finding.deferred_until is not None)
        if finding.due_at is None or finding.state in (State.TO_SCREEN, State.TO_ASSIGN, *findings.NOT_COUNTED):
            return drawing.due(None)
        if finding.state in (State.RECTIFIED, State.CLEARED):
            handed_in = finding.rectified_at or self.now
            left = findings.working_hours_between(self.calendar, handed_in, finding.due_at)
            return drawing.due(left, done=left >= 0)
        return drawing.due(findings.working_hours_between(self.calendar, self.now, finding.due_at), soon_hours=self.soon_hours)

    def term(self, finding: Finding | Line) -> str:
        """立行立改, 限期整改 7 个工作日, or 长期整改 30 天: what assigning it gives, so half for what has come back."""
        criterion = self.criterion(finding)
        if criterion is None:
            return ""
        days = findings.days_for(criterion.rectify_days, finding.nth)
        term = findings.term(days)
        if term is findings.Term.IMMEDIATE:
            return _("立行立改")
        return _("长期整改 %(n)s 天", n=days) if term is findings.Term.LONG_TERM else _("限期整改 %(n)s 个工作日", n=days)

    # ---- rows

    def rows(self, found: Sequence[Finding], back: str = "") -> list[dict[str, Any]]:
        """One dict a finding for a list; `back` is the list's own query, so that a finding knows its neighbours."""
        return self.list_rows(findings.lines(self.session, [finding.id for finding in found]), back)

    def list_rows(self, found: Sequence[Line], back: str = "") -> list[dict[str, Any]]:
        """The same of lines."""
        photos = evidence.pairs(self.session, [line.id for line in found])
        query, nowhere = f"?{back}" if back else "", _("不在点位上")
        return [
            {
                "href": f"/findings/{line.id}{query}",
                "id": line.id,
                "number": line.number,
                "title": self.title(line),
                "place_name": line.place_name or nowhere,
                "kind_word": self.kind(line),
                "zone_word": self.zone(line.zone_id),
                "unit_word": self.unit(line.unit_id),
                "unit_id": line.unit_id,
                "state": line.state,
                "recurrence": line.nth if line.nth > 1 else 0,
                "asks_until": line.asked_until if line.state in findings.RUNNING else None,
                "disputed": line.disputed_at is not None,
                "supervised": line.supervised_at is not None and line.state in findings.OPEN,
                "due": due,
                "due_words": due_words(due, line.deferred_until or line.due_at),
                "until": line.deferred_until or line.due_at,
                "found_at": line.found_at,
                "waiting": pair.waiting if pair else 0,
                "before": first_of(pair.before) if pair else None,
                "after": first_of(pair.after) if pair else None,
            }
            for line, pair, due in ((line, photos.get(line.id), self.due(line)) for line in found)
        ]

    def facts(self, finding: Finding, card: dict[str, Any]) -> dict[str, Any]:
        """What one finding's page and the review page say about it."""
        criterion = self.criterion(finding)
        due = self.due(finding)
        return {
            "id": finding.id,
            "href": f"/findings/{finding.id}",
            "number": finding.number,
            "title": card["title"],
            "words": finding.words if finding.words != card["title"] else "",
            "place_name": card["place_name"] or _("不在点位上"),
            "kind_word": self.kind(finding),
            "zone_word": self.long_zone(finding.zone_id),
            "unit_word": self.unit(finding.unit_id),
            "unit_note": why_unit(finding.why_unit),
            "criterion_code": finding.criterion or "",
            "criterion_text": criterion.text(self.language) if criterion else "",
            "conditions": criterion.clearing(self.language) if criterion else [],
            "lead_word": self.lead(finding),
            "state": finding.state,
            "closed": finding.state not in findings.OPEN,
            "due": due,
            "until": finding.deferred_until or finding.due_at,
            "due_at": finding.due_at,
            "term_words": self.term(finding),
            "time_words": self._time(finding, due),
            "provisional": finding.provisional and finding.state in findings.RUNNING,
            "recurrence": card["recurrence"],
            "source_word": source_word(finding.source),
            "reporter": card["reporter"]["name"],
            "found_at": finding.found_at,
            "received_at": finding.received_at,
            "assigned_at": finding.assigned_at,
            "rectified_at": finding.rectified_at,
            "cleared_at": finding.cleared_at,
            "cleared_by": card["cleared_by_name"],
            "version": finding.version,
            **self._marks(finding, card),
        }

    def _marks(self, finding: Finding, card: dict[str, Any]) -> dict[str, Any]:
        """What is asked, disputed, watched, put off or merged."""
        asked = card["extension"] if finding.state in findings.RUNNING else None
        asked_at = formats.local(asked["due_at"]) if asked else None
        return {
            "asked_at": asked["due_at"] if asked else None,
            "asked_ms": asked["due_at"] if asked else "",
            "asked_until": asked_at.date().isoformat() if asked_at else "",
            "asked_words": _("%(who)s 申请延至 %(moment)s（第 %(n)s 次）：%(words)s", who=asked["asked_by_name"], moment=formats.moment(asked["due_at"]), n=finding.extended + 1, words=asked["words"])
            if asked
            else "",
            "extended": finding.extended,
            "urged": finding.urged if finding.state in findings.OPEN else 0,
            "disputed": card["disputed"],
            "supervised_at": finding.supervised_at if finding.state in findings.OPEN else None,
            "deferred_until": finding.deferred_until if finding.state == State.DEFERRED else None,
            "merged_into": card["merged_into"],
            "joined": card["joined"],
        }

    def lead(self, finding: Finding | Line) -> str:
        """The department that answers for the trade, as the manual names it."""
        if finding.kind is None or finding.manual is None:
            return ""
        manual = self._manual(finding.manual)
        kind = manual.kinds.get(finding.kind) if manual else None
        return (kind.lead_en if self.language == "en" else kind.lead_zh) if kind else ""

    def _time(self, finding: Finding, due: Due) -> str:
        term = self.term(finding)
        if due.kind == "done":
            said = _("按期，余 %(n)s 工时", n=formats.figure(due.hours))
        elif due.kind == "over":
            said = _("超 %(n)s 工时", n=formats.figure(due.hours))
        elif due.kind in ("soon", "left"):
            said = _("余 %(n)s 工时", n=formats.figure(due.hours))
        else:
            said = ""
        return _("　").join(part for part in (term, said) if part)

    def photos(self, finding: Finding, card: dict[str, Any], role: str) -> list[dict[str, Any]]:
        """The before or after photos with who took them, and what they are called on the stamp."""
        named = card[role]
        taken = evidence.namings(self.session, finding_ids=[finding.id]).get(finding.id, [])
        by_hash = {(photo.role, photo.sha256): photo for photo in taken}
        who = card["reporter"]["name"]
        if role == "under_way":
            named = card["under_way"]
            who = next((step["who"] for step in reversed(card["course"]) if step["verb"] == "extension_asked"), who)
        elif role == "after":
            who = next((step["who"] for step in reversed(card["course"]) if step["verb"] == "rectified"), who)
        here = sum(photo["state"] == SEEN for photo in named)
        word = {"before": _("前"), "after": _("后")}.get(role, _("中"))
        short = formats.short_number(finding.number)
        return [
            show_photo(photo)
            | self._taken(finding, by_hash.get((evidence.Role(role), photo["sha256"])))
            | {"who": who, "here": here, "all": len(named), "label": _("%(number)s-%(word)s-%(n)s", number=short, word=word, n=n)}
            for n, photo in enumerate(named, 1)
        ]

    def _taken(self, finding: Finding, photo: evidence.NamedPhoto | None) -> dict[str, Any]:
        """How large a photo is, with which others it was handed in, and how far from the place it was taken."""
        if photo is None:
            return {"width": None, "height": None, "named_at": None, "distance_m": None}
        place = places.places_by_id(self.session, [finding.place_id]).get(finding.place_id) if finding.place_id else None
        distance = None
        if place is not None and None not in (place.lat_e7, place.lon_e7, photo.lat_e7, photo.lon_e7):
            distance = evidence.apart_m(evidence.Spot(place.lat_e7, place.lon_e7), evidence.Spot(photo.lat_e7, photo.lon_e7))  # type: ignore[arg-type]
        return {"width": photo.width, "height": photo.height, "named_at": photo.named_at, "distance_m": distance}

    def course(self, card: dict[str, Any]) -> list[dict[str, Any]]:
        """The course, newest first, in words."""
        steps = []
        for step in reversed(card["course"]):
            reason = step["reason"]
            if step["verb"] == "looked":
                reason = {"fixed": _("已经改好"), "still": _("仍在")}.get(reason, "")
            elif reason:
                zh, en = findings.reason_words(self.session, reason) if reason != "other" else ("", "")
                reason = en if self.language == "en" else zh
            at = formats.local(step["at"])
            steps.append(
                {
                    "verb": {"returned": "return", "cleared": "clear"}.get(step["verb"], step["verb"]),
                    "word": step_word(step["verb"]),
                    "who": step["who"] or _("按规则"),
                    "unit": step["unit_name"],
                    "words": step["words"],
                    "reason": reason,
                    "photos": step["photos"] if step["verb"] in ("reported", "rectified", "extension_asked") else 0,
                    "until": step["due_at"] if step["verb"] in ("extension_asked", "extended", "supervised", "due_changed") else None,
                    "at": step["at"],
                    "iso": at.isoformat(timespec="minutes") if at else "",
                }
            )
        return steps


def show_photo(photo: dict[str, Any]) -> dict[str, Any]:
    """A photo with the addresses of its copies, which exist once it is decoded."""
    seen = photo["state"] == SEEN
    at = {size: f"/photos/{photo['sha256']}/{size}" if seen else None for size in ("small", "large")}
    drawn = photo.get("drawn")
    return {**photo, **at, "drawn_large": f"/photos/{drawn}/large" if drawn else None}


def first_photo(named: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """The first one that can be seen, else the first one that is on its way."""
    if not named:
        return None
    return show_photo(next((photo for photo in named if photo["state"] == SEEN), named[0]))


def due_words(due: Due, until: datetime | None) -> str:
    """What stands beside the deadline axis."""
    match due.kind:
        case "over":
            return _("超 %(n)s 工时", n=formats.figure(due.hours))
        case "soon" | "left":
            return _("余 %(n)s 工时", n=formats.figure(due.hours))
        case "done":
            return _("按期")
        case "until":
            return _("至 %(day)s", day=formats.day(until))
    return ""


def first_of(named: Sequence[tuple[str, str]]) -> dict[str, str | None] | None:
    """The same of lists' photos: the address of its small copy, once there is one."""
    if not named:
        return None
    seen = next((sha256 for sha256, state in named if state == SEEN), None)
    return {"small": f"/photos/{seen}/small" if seen else None}


def step_word(verb: str) -> str:
    """A step of the course as people call it. What is a verb elsewhere bears a mark before a bar, which is not shown."""
    word = {
        "reported": _("上报"),
        "screened": _("立案"),
        "dismissed": _("不予立案"),
        "merged": _("步|合并"),
        "joined": _("并入一件"),
        "assigned": _("步|交办"),
        "taken_back": _("步|撤回交办"),
        "accepted": _("签收"),
        "disputed": _("步|提异议"),
        "rectified": _("报整改"),
        "cleared": _("销号"),
        "returned": _("退回"),
        "undone": _("撤销判定"),
        "reopened": _("步|重新交办"),
        "voided": _("作废"),
        "looked": _("现场复看"),
        "extension_asked": _("步|申请延期"),
        "extended": _("步|批准延期"),
        "extension_refused": _("延期不批"),
        "extension_lapsed": _("延期到期未批"),
        "supervised": _("督办"),
        "urged": _("催办"),
        "due_changed": _("步|改期限"),
        "unmarked": _("撤销督办或改期"),
        "deferred": _("挂账"),
        "resumed": _("步|恢复整改"),
        "due_moved": _("期限顺延"),
        "handed_over": _("移交"),
        "given_up": _("照片不再等"),
    }.get(verb, verb)
    return word.rpartition("|")[2]


def why_unit(why: str | None) -> str:
    """Why this unit answers for it."""
    zh, en = findings.WHY.get(why or "", ("", ""))
    return en if words.language() == "en" else zh


def state_word(state: State) -> str:
    """A state as people call it."""
    return {
        State.TO_SCREEN: _("待审核"),
        State.TO_ASSIGN: _("待交办"),
        State.ASSIGNED: _("待签收"),
        State.ACCEPTED: _("整改中"),
        State.RECTIFIED: _("待复核"),
        State.RETURNED: _("退回重办"),
        State.DEFERRED: _("挂账"),
        State.CLEARED: _("已销号"),
        State.DISMISSED: _("不予立案"),
        State.MERGED: _("已合并"),
        State.VOID: _("作废"),
    }[State(state)]


def source_word(source: str) -> str:
    """Who found it."""
    return {"patrol": _("日常巡查"), "outside": _("外区上报"), "public": _("群众上报")}.get(source, "")


def offered(reasons: dict[str, tuple[str, str]]) -> list[dict[str, str]]:
    """Reasons to choose from, in the reader's language."""
    return [{"code": code, "word": en if words.language() == "en" else zh} for code, (zh, en) in reasons.items()]
