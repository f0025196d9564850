"""The small county that tests live in: its cast, its places, and what is done there.

lin inspects zone 6, zhao rectifies for the market's unit, wu reviews the county, chen dispatches the east district,
qian inspects zone 3, he rectifies for the roads unit, sun audits, ma administers, eve has no duty.
"""

import hashlib
import io
import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from PIL import Image, ImageDraw
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldbook import accounts, evidence, findings, inspections, journal, places, standards, sync
from fieldbook.accounts import Duty
from fieldbook.evidence import Outcome, PhotoNamed, PhotoState
from fieldbook.kernel import Act, Base, db, derived_id, to_ms, writing
from fieldbook.places import Level, Standing

STANDARDS = json.loads((Path(__file__).resolve().parents[1] / "data" / "standards.json").read_text("utf-8"))
#: a Thursday, 10:00 in the county
NOON = datetime(2025, 6, 12, 2, 0, tzinfo=UTC)
PASSWORD = "street and market 7"

CAST: dict[str, list[tuple[Duty, str | None, str | None]]] = {
    "lin": [(Duty.INSPECTOR, "zone6", None)],
    "qian": [(Duty.INSPECTOR, "zone3", None)],
    "zhao": [(Duty.RECTIFIER, None, "market")],
    "he": [(Duty.RECTIFIER, None, "roads")],
    "wu": [(Duty.REVIEWER, None, None)],
    "chen": [(Duty.DISPATCHER, "east", None)],
    "sun": [(Duty.AUDITOR, None, None)],
    "ma": [(Duty.ADMINISTRATOR, None, None), (Duty.HEADQUARTERS, None, None)],
    "eve": [],
}


def named(name: str) -> UUID:
    """The id of a person, unit, area, place or phone of the small county."""
    return derived_id("small county", name)


def build(app: Flask) -> None:
    """Fill an empty database with the small county."""
    from fieldbook.ops.furnish import furnish

    with app.app_context():
        with writing(db.session()):
            Base.metadata.create_all(db.session().connection())
            journal.install_triggers(db.session().connection())
        with journal.begin(db.session(), who=None, at=NOON - timedelta(days=60)) as act:
            furnish(act)
            _settle(act)
        db.session.remove()
        db.engine.dispose()


def _settle(act: Act) -> None:
    places.make_area(act, level=Level.COUNTY, name="示例县", name_en="Sample county", code="", id=named("county"))
    act.session.flush()
    for name, chinese, english in (("east", "东片区", "East"), ("west", "西片区", "West")):
        places.make_area(act, level=Level.DISTRICT, name=chinese, name_en=english, code=name, parent_id=named("county"), id=named(name))
    act.session.flush()
    for code, chinese, english, district in (("3", "东门", "East gate", "west"), ("6", "南门", "South gate", "east")):
        places.make_area(act, level=Level.ZONE, name=chinese, name_en=english, code=code, parent_id=named(district), id=named(f"zone{code}"))
    for name, chinese, english in (("market", "城南农贸市场服务中心", "South market"), ("roads", "县城管局市政所", "Roads office"), ("health", "县卫生健康局", "Health bureau")):
        accounts.make_unit(act, name=chinese, name_en=english, id=named(name))
    act.session.flush()
    for code, name, zone, kinds, unit in (
        ("DX-06-001", "城南农贸市场", "zone6", ["25"], "market"),
        ("DX-06-002", "人民路中段", "zone6", ["01"], "roads"),
        ("DX-03-001", "东门街", "zone3", ["02"], "roads"),
        ("DX-06-003", "南门桥头", "zone6", ["01", "03"], None),
    ):
        number = int(code[-3:]) + (100 if zone == "zone3" else 0)
        places.make_place(
            act, id=named(name), code=code, name=name, zone_id=named(zone), kinds=kinds, unit_id=named(unit) if unit else None, initials="", lat_e7=315_500_000 + number * 10_000, lon_e7=1_184_900_000
        )
    hashed = _hash_once()
    for name, posts in CAST.items():
        accounts.make_person(act, name=name.title(), login=name, password_hash=hashed, id=named(name))
        act.session.flush()
        for duty, area, unit in posts:
            accounts.make_post(act, named(name), duty, area_id=named(area) if area else None, unit_id=named(unit) if unit else None)
        accounts.enroll_phone(act, named(f"{name}'s phone"), named(name), name="test")


_hashed: list[str] = []


def _hash_once() -> str:
    if not _hashed:
        _hashed.append(accounts.hash_password(PASSWORD))
    return _hashed[0]


def picture(seed: int, *, size: tuple[int, int] = (640, 480)) -> bytes:
    """A drawn JPEG that looks unlike those of other seeds."""
    dice = random.Random(seed)
    image = Image.new("RGB", size, tuple(dice.randrange(256) for _ in range(3)))
    draw = ImageDraw.Draw(image)
    for _ in range(24):
        x, y = dice.randrange(size[0]), dice.randrange(size[1])
        draw.rectangle((x, y, x + dice.randrange(20, 220), y + dice.randrange(20, 220)), fill=tuple(dice.randrange(256) for _ in range(3)))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


@dataclass
class County:
    """The small county, with verbs in the words of a test."""

    app: Flask
    at: datetime = NOON
    _seed: int = 0

    @property
    def session(self) -> Session:
        return db.session()

    def later(self, **span: float) -> datetime:
        """Let time pass."""
        self.at += timedelta(**span)
        return self.at

    def standing(self, who: str) -> Standing:
        return places.standing_of(self.session, named(who), accounts.posts_of(self.session, named(who)))

    @contextmanager
    def acting(self, who: str, **frame: Any) -> Iterator[Act]:
        """One act of a person, committed on leaving."""
        with journal.begin(self.session, who=named(who), at=self.at, **frame) as act:
            yield act

    def photo(self, *, arrived: bool = False, source: str = "camera") -> PhotoNamed:
        """A photo that nobody has named; `arrived` means that it is decoded once it is named."""
        self._seed += 1
        data = picture(self._seed)
        named_photo = PhotoNamed(
            sha256=hashlib.sha256(data).hexdigest(), bytes=len(data), width=640, height=480, taken_at=to_ms(self.at), source=evidence.Source(source)
        )
        if arrived:
            self._to_arrive.append((named_photo, data))
        return named_photo

    @property
    def _to_arrive(self) -> list[tuple[PhotoNamed, bytes]]:
        return self.__dict__.setdefault("arriving", [])

    def deliver(self) -> None:
        """Let the photos made with `arrived` come in and be decoded."""
        store = self.app.extensions["fieldbook"].store
        for photo, data in self._to_arrive:
            kept = evidence.keep(store, io.BytesIO(data), size=len(data), sha256=photo.sha256)
            with self.acting("lin") as act:
                evidence.receive(act, kept, reach=findings.photo_keys(act.session, photo.sha256))
            outcome = Outcome(PhotoState.CHECKED, width=640, height=480)
            with self.acting("lin") as act:
                evidence.settle(act, photo.sha256, outcome, reach=findings.photo_keys(act.session, photo.sha256))
        self._to_arrive.clear()

    def report(self, who: str = "lin", *, place: str | None = "城南农贸市场", criterion: str | None = "25.07", **more: Any) -> findings.Finding:
        """A finding reported by itself."""
        told = findings.Report(
            photos=more.pop("photos", None) or [self.photo(arrived=True)],
            place=named(place) if place else None,
            kind=criterion.split(".")[0] if criterion else None,
            criterion=criterion,
            manual=1 if criterion else None,
            **more,
        )
        with self.acting(who) as act:
            made = findings.report(act, self.standing(who), derived_id("finding", self.at, self._seed), told)
        self.deliver()
        return self.fresh(made)

    def finding(self, *, state: str = "assigned") -> findings.Finding:
        """A finding at the market that has come as far as `state` by real verbs."""
        if state == "to_screen":
            return self.report("qian", place=None, criterion=None, zone=named("zone6"))
        if state == "to_assign":
            return self.report(place="南门桥头", criterion=None)
        made = self.report()
        for verb in {"assigned": "", "accepted": "accept", "rectified": "rectify", "cleared": "rectify clear", "returned": "rectify return"}[state].split():
            self.later(minutes=30)
            self.say(verb, made)
        return self.fresh(made)

    def say(self, verb: str, finding: findings.Finding, who: str | None = None, **more: Any) -> findings.Finding:
        """A person says a verb to a finding, with what it usually needs."""
        usual: dict[str, tuple[str, Any, dict[str, Any]]] = {
            "screen": ("chen", findings.screen, {}),
            "dismiss": ("chen", findings.dismiss, {"reason": "not_a_fault"}),
            "assign": ("chen", findings.assign, {"unit": named("roads")}),
            "accept": ("zhao", findings.accept, {}),
            "rectify": ("zhao", findings.rectify, {"photos": None}),
            "clear": ("wu", findings.clear, {}),
            "return": ("wu", findings.send_back, {"reason": "not_done"}),
            "undo": ("wu", findings.undo, {}),
            "void": ("chen", findings.void, {"words": "entered twice"}),
            "merge": ("chen", findings.merge, {}),
            "dispute": ("zhao", findings.dispute, {"words": "not our pipe"}),
            "take_back": ("chen", findings.take_back, {}),
            "ask_extension": ("zhao", findings.ask_extension, {"due_at": finding.due_at and finding.due_at + timedelta(days=7), "words": "waits for parts"}),
            "extend": ("chen", findings.extend, {"due_at": finding.due_at and finding.due_at + timedelta(days=7)}),
            "refuse_extension": ("chen", findings.refuse_extension, {"words": "no parts are needed"}),
            "supervise": ("chen", findings.supervise, {"words": "at the school gate"}),
            "urge": ("chen", findings.urge, {}),
            "change_due": ("chen", findings.change_due, {"due_at": self.at + timedelta(days=2), "words": "before the holiday"}),
            "unmark": ("chen", findings.unmark, {}),
            "defer": ("ma", findings.defer, {"until": self.at + timedelta(days=20), "words": "planted in spring"}),
            "resume": ("ma", findings.resume, {}),
            "reopen": ("chen", findings.reopen, {"words": "back again"}),
            "give_up": ("wu", findings.give_up_photo, {"words": "the phone is lost"}),
        }
        person, command, needed = usual[verb]
        told = needed | more
        if verb == "rectify" and told["photos"] is None:
            told["photos"] = [self.photo(arrived=True)]
        with self.acting(who or person) as act:
            command(act, self.standing(who or person), finding.id, **told)
        self.deliver()
        return self.fresh(finding)

    def fresh(self, finding: findings.Finding) -> findings.Finding:
        """The finding as it stands now."""
        self.session.rollback()
        return self.session.get_one(findings.Finding, finding.id, populate_existing=True)

    def entries(self, subject: UUID) -> list[str]:
        """What the journal says of a subject, oldest first."""
        self.session.rollback()
        return list(self.session.scalars(select(journal.EntryRow.verb).where(journal.EntryRow.subject == subject).order_by(journal.EntryRow.seq)))

    def answers(self, kind: str = "25", *, failing: dict[str, str] | None = None) -> list[findings.Answered]:
        """An answer to every criterion of a kind: as good as it can be, but for those in `failing`."""
        manual = standards.manual(self.session, 1)
        given = []
        for criterion in manual.kinds[kind].criteria:
            verdict = (failing or {}).get(criterion.code, "pass")
            value = choice = None
            if criterion.threshold:
                target = round(criterion.threshold["value"] * 100)
                good = target if criterion.threshold["op"] in (">=", "<=", "==") else target + 100
                value = good if verdict == "pass" else (target + 100 if criterion.threshold["op"] in ("<=", "==") else 0)
            if criterion.choices:
                choice = next(i for i, one in enumerate(criterion.choices) if one["verdict"] == verdict)
            given.append(findings.Answered(criterion.code, verdict, value, choice))
        return given

    def check_out(self) -> None:
        """What must hold after anything: the chain, the states, nothing half-done."""
        self.session.rollback()
        assert journal.verify(self.session) == []
        assert findings.verify_states(self.session) == []


def envelope(verb: str, subject: UUID, body: dict[str, Any], *, n: int, at: datetime = NOON, **more: Any) -> dict[str, Any]:
    """A command as a phone writes it."""
    made = {"id": str(derived_id("command", verb, subject, n, json.dumps(body, sort_keys=True, default=str))), "n": n, "v": 1, "verb": verb, "subject": str(subject), "at": to_ms(at), "offset_ms": 0, "seen_seq": 10**9, "body": body}
    return made | more


__all__ = ["CAST", "NOON", "PASSWORD", "County", "build", "envelope", "inspections", "named", "picture", "sync"]
