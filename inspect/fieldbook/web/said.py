"""What a form of the desk says to a finding: its fields read into one command, and which field a refusal is about."""

import io
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import request
from werkzeug.datastructures import FileStorage

from fieldbook import evidence, findings
from fieldbook.evidence import PhotoNamed, Source
from fieldbook.findings import Finding
from fieldbook.kernel import Act, Refusal, db, from_ms, to_ms
from fieldbook.places import Standing

from . import filters, words
from .doors import house, now, standing

Command = Callable[[Act, Standing, UUID], Any]

#: session key: what was just done, told once by the next page
DONE = "done"
MOST_PHOTOS = 6
MOST_WORDS = 500
#: working days that can be chosen as a term
LONGEST_TERM = 60


class NoSuchNumber(Refusal):
    """No finding that this person sees has the number that was typed."""

    code = "web.no_such_number"
    sentence = "没有找到这个编号的问题。请核对编号，已填的内容都在。"


#: which field of its form a refusal is about; what is not here is about the finding itself
FIELDS: dict[type[Refusal], str] = {
    findings.WordsMissing: "words",
    findings.BadReason: "reason",
    findings.BadDue: "due",
    findings.DueNotLater: "due",
    findings.DueNotSooner: "due",
    findings.DueUnchanged: "due",
    findings.NoSuchUnit: "unit",
    findings.AfterPhotoMissing: "photos",
    NoSuchNumber: "number",
    findings.CannotMerge: "number",
}


def command_of(verb: str) -> Command:
    """The command that a form of this verb gives, with what was typed. Raises NoSuchNumber, BadDue, evidence's refusals of photos."""
    return _SAID[verb]()


def _plain(command: Callable[..., Any]) -> Callable[[], Command]:
    return lambda: lambda act, standing, finding_id: command(act, standing, finding_id)


def _in_words(command: Callable[..., Any]) -> Callable[[], Command]:
    def read() -> Command:
        text = typed_words()
        return lambda act, standing, finding_id: command(act, standing, finding_id, words=text)

    return read


def _with_reason(command: Callable[..., Any]) -> Callable[[], Command]:
    def read() -> Command:
        reason, text = request.form.get("reason", "")[:20], typed_words()
        return lambda act, standing, finding_id: command(act, standing, finding_id, reason=reason, words=text)

    return read


def _with_date(command: Callable[..., Any], name: str = "due_at", *, needed: bool = False) -> Callable[[], Command]:
    def read() -> Command:
        at, text = due_at(), typed_words()
        if at is None and needed:
            raise findings.BadDue
        return lambda act, standing, finding_id: command(act, standing, finding_id, **{name: at}, words=text)

    return read


def _assign() -> Command:
    unit = filters.one_id(request.form.get("unit")) or filters.one_id(request.form.get("other")) or UUID(int=0)
    at, text, from_now = due_at(), typed_words(), request.form.get("about", "") if request.form.get("from_now") else ""

    def command(act: Act, standing: Standing, finding_id: UUID) -> None:
        finding = findings.assign(act, standing, finding_id, unit=unit, due_at=at, words=text)
        if from_now:
            findings.set_rule(act, standing, unit=unit, **conditions(finding, from_now))

    return command


#: what a rule may ask of findings like one that is handed over
ABOUT = {"place": "place_id", "zone": "zone_id", "kind": "kind", "criterion": "criterion"}


def conditions(finding: Finding, about: str) -> dict[str, Any]:
    """What of a finding a rule asks for, from the names of it with a + between; names that are none ask nothing."""
    return {name: getattr(finding, ABOUT[name]) for name in about.split("+") if name in ABOUT}


def _merge() -> Command:
    number = request.form.get("number", "").strip().upper()[:20]
    found = findings.numbered(db.session(), standing(), [number])
    if not found:
        raise NoSuchNumber(number=number)
    into, text = found[0].id, typed_words()
    return lambda act, standing, finding_id: findings.merge(act, standing, finding_id, into=into, words=text)


def _give_up() -> Command:
    sha256, text = request.form.get("sha256", "")[:64], typed_words()
    return lambda act, standing, finding_id: findings.give_up_photo(act, standing, finding_id, sha256=sha256, words=text)


def _ask_extension() -> Command:
    at = due_at()
    if at is None:
        raise findings.BadDue
    return _with_photos(findings.ask_extension, due_at=at)


#: verb -> how its form is read
_SAID: dict[str, Callable[[], Command]] = {
    "screen": _in_words(findings.screen),
    "dismiss": _with_reason(findings.dismiss),
    "merge": _merge,
    "assign": _assign,
    "take_back": _plain(findings.take_back),
    "accept": _plain(findings.accept),
    "dispute": _in_words(findings.dispute),
    "ask_extension": _ask_extension,
    "extend": _with_date(findings.extend, needed=True),
    "refuse_extension": _in_words(findings.refuse_extension),
    "rectify": lambda: _with_photos(findings.rectify),
    "clear": _in_words(findings.clear),
    "return": _with_reason(findings.send_back),
    "undo": _plain(findings.undo),
    "urge": _in_words(findings.urge),
    "change_due": _with_date(findings.change_due, needed=True),
    "unmark": _plain(findings.unmark),
    "supervise": _with_date(findings.supervise),
    "defer": _with_date(findings.defer, "until", needed=True),
    "resume": _in_words(findings.resume),
    "reopen": _with_date(findings.reopen),
    "give_up": _give_up,
    "void": _in_words(findings.void),
}


def still_as_seen(act: Act, finding_id: UUID) -> None:
    """Refuse what was decided over an older state than the one that stands; a form may name the version it shows."""
    version = request.form.get("version", type=int)
    finding = act.session.get(Finding, finding_id)
    if finding is not None and version is not None and finding.version != version:
        raise findings.NotNow(state=str(finding.state), verb="")


def typed(verb: str, refusal: Refusal) -> tuple[str, dict[str, str]]:
    """(the refusal's sentence, what was typed and which field is wrong), for the page to show again."""
    kept = {name: request.form.get(name, "").replace("\x00", "")[:MOST_WORDS] for name in ("words", "due", "unit", "other", "reason", "number", "term", "from_now", "about")}
    field = next((name for kind, name in FIELDS.items() if isinstance(refusal, kind)), "")
    if not field and refusal.code.startswith("evidence."):
        field = "photos"
    return words.sentence(refusal.sentence, refusal.facts), {"verb": verb, "field": field, **kept}


def typed_words() -> str:
    """The words of the form."""
    return request.form.get("words", "").replace("\x00", "").strip()[:MOST_WORDS]


def due_at() -> datetime | None:
    """The moment the form asks for: as it was asked for, a number of working days, or the end of a day's working time.

    None when nothing was chosen. A day that is none stays a refusal's business: it lies in the past.
    """
    form = request.form
    asked = form.get("due_at", type=int)
    if asked is not None:
        try:
            return from_ms(asked)
        except OverflowError:
            return from_ms(0)
    days = form.get("term", type=int)
    if days is not None and 0 < days <= LONGEST_TERM:
        return findings.due(findings.calendar(db.session()), now(), days=days)[0]
    try:
        day = date.fromisoformat(form.get("due", ""))
    except ValueError:
        return None
    return end_of(day)


def end_of(day: date) -> datetime:
    """The end of a day's working time."""
    calendar = findings.calendar(db.session())
    return datetime.combine(day, calendar.ends, calendar.zone).astimezone(now().tzinfo)


def _with_photos(command: Callable[..., Any], **said: Any) -> Command:
    """A command that names the photos chosen at the desk: kept on disk first, then named and received in one act."""
    finding_id = (request.view_args or {})["finding_id"]
    findings.one(db.session(), standing(), finding_id)
    keep = [_keep(file) for file in request.files.getlist("photos")[:MOST_PHOTOS] if file.filename]
    db.session.rollback()
    text = typed_words()

    def give(act: Act, standing: Standing, finding_id: UUID) -> None:
        command(act, standing, finding_id, photos=[_named(kept, act) for kept in keep], words=text, **said)
        act.session.flush()
        for kept in keep:
            evidence.receive(act, kept, reach=findings.photo_keys(act.session, kept.sha256))

    return give


def _keep(file: FileStorage) -> evidence.Kept:
    stream = file.stream
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    return evidence.keep(house().store, stream, size=size)


def _named(kept: evidence.Kept, act: Act) -> PhotoNamed:
    return PhotoNamed(
        sha256=kept.sha256,
        bytes=kept.bytes,
        width=kept.shape.width,
        height=kept.shape.height,
        taken_at=to_ms(act.at),
        source=Source.FILE,
    )
