"""The API of the phone: log in, who am I, the manual, push, pull, photos, leaves. JSON with the epoch, always."""

import gzip
import re
from dataclasses import replace
from typing import Annotated, Any, TypeVar
from uuid import UUID

import msgspec
from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from msgspec import Meta, Struct

from fieldbook import __version__, accounts, evidence, findings, journal, messages, places, standards, sync
from fieldbook.accounts import Duty, Identity
from fieldbook.kernel import Refusal, db, decode, from_ms, to_ms
from fieldbook.sync import MAX_BYTES

from . import doors, words
from .doors import LEAVING, LOGIN, PUBLIC, acting, house, is_safe_to_log_in, needs, network, now, standing, who

bp = Blueprint("api", __name__)

Given = TypeVar("Given", bound=Struct)

SHA256 = re.compile(r"[0-9a-f]{64}")

#: what a person does on the phone -> the duties that make it theirs
HATS = {
    "inspect": (Duty.INSPECTOR,),
    "rectify": (Duty.RECTIFIER,),
    "review": (Duty.REVIEWER, Duty.HEADQUARTERS),
    "dispatch": (Duty.DISPATCHER, Duty.HEADQUARTERS),
}


class BadRequest(Refusal):
    """The request is not of the route's shape."""

    code = "web.bad_request"
    status = 400
    sentence = "这个请求看不懂，什么也没有改动。内容都还在，请更新页面后再试。"


class DeviceNamed(Struct, frozen=True, forbid_unknown_fields=True):
    """A phone as it introduces itself."""

    id: UUID
    name: Annotated[str, Meta(max_length=80)] = ""


class LoginGiven(Struct, frozen=True, forbid_unknown_fields=True):
    """A name and a password, from the office or from a phone."""

    login: Annotated[str, Meta(min_length=1, max_length=64)]
    password: Annotated[str, Meta(min_length=1, max_length=256)]
    device: DeviceNamed | None = None


@bp.get("/healthz")
@needs(PUBLIC)
def health() -> ResponseReturnValue:
    """Ready: the database answers."""
    sync.epoch(db.session())
    return {"ok": True, "version": __version__}


@bp.post("/api/login")
@needs(PUBLIC)
def log_in() -> ResponseReturnValue:
    """Begin a login session, bound to the phone if one is named."""
    given = _read(LoginGiven)
    if not is_safe_to_log_in():
        raise doors.PlainHttp
    device = given.device.id if given.device else None
    session = db.session()
    with journal.begin(session, who=None, at=now(), device=device) as act:
        tried = accounts.try_login(act, given.login, network=network(), device=device)
    checked = accounts.check_login(tried, given.password)
    with journal.begin(session, who=None, at=now(), device=device) as act:
        token = accounts.log_in(act, checked, device=device, device_name=given.device.name if given.device else "", address=network())
        if token is not None:
            doors.begin_afresh(act)
    if token is None:
        raise accounts.WrongLogin
    person = accounts.identify(session, token, now())
    assert person is not None
    answer = _json(_me(person, device))
    doors.set_cookie(answer, token, device=device)
    return answer


class EnrolGiven(Struct, frozen=True, forbid_unknown_fields=True):
    """A one-time link's token, the phone that is to be enrolled by it, and a password if one is chosen now."""

    token: Annotated[str, Meta(min_length=1, max_length=64)]
    device: DeviceNamed
    password: Annotated[str, Meta(max_length=256)] = ""


class WipedGiven(Struct, frozen=True, forbid_unknown_fields=True):
    """That a phone that was taken out of use has emptied itself."""

    #: the last count it had given, and how many commands it could not hand in
    last_n: Annotated[int, Meta(ge=0, le=2**53)] = 0
    lost: Annotated[int, Meta(ge=0, le=10**9)] = 0


@bp.post("/api/enrol")
@needs(PUBLIC)
def enrol() -> ResponseReturnValue:
    """Enrol a phone by a one-time link, with nothing typed: the same answer as logging in."""
    given = _read(EnrolGiven)
    if not is_safe_to_log_in():
        raise doors.PlainHttp
    hashed = accounts.hash_password(given.password) if given.password else ""
    session, device = db.session(), given.device
    with acting() as act:
        act.device = device.id
        person_id = accounts.enrol_by_link(act, given.token, device.id, name=device.name, password_hash=hashed)
        token = accounts.begin_session(act, person_id, device=device.id, address=network())
        doors.begin_afresh(act)
    person = accounts.identify(session, token, now())
    assert person is not None
    answer = _json(_me(person, device.id))
    doors.set_cookie(answer, token, device=device.id)
    return answer


@bp.post("/api/handover")
@needs(LOGIN)
def hand_over() -> ResponseReturnValue:
    """A one-time token for another browser of this phone, so that its owner types nothing there; for five minutes."""
    if who().device is None:
        raise accounts.NoSuchPhone
    with acting() as act:
        token = accounts.make_handover(act, who().id)
    return _json({"token": token, "seconds": int(accounts.HANDOVER_FOR.total_seconds())})


@bp.post("/api/wiped")
@needs(LEAVING)
def wiped() -> ResponseReturnValue:
    """A phone that was taken out of use says that it is empty; its session ends, and the browser forgets what is left."""
    given = _read(WipedGiven)
    device = who().device
    if device is None or not doors.is_leaving():
        raise accounts.NoSuchPhone
    with acting() as act:
        accounts.note_wiped(act, device, last_n=given.last_n, lost=given.lost)
        doors.begin_afresh(act)
    answer = _json({})
    answer.delete_cookie(house().cookie, path="/", secure=house().secure, httponly=True, samesite="Lax")
    return answer


Count = Annotated[int, Meta(ge=0, le=10**9)]


class LostGiven(Struct, frozen=True, forbid_unknown_fields=True):
    """That a phone's storage was cleared, and which numbers of its work are nowhere now."""

    device: UUID
    first_n: Annotated[int, Meta(ge=1, le=2**53)]
    last_n: Annotated[int, Meta(ge=1, le=2**53)]


class DeletedGiven(Struct, frozen=True, forbid_unknown_fields=True):
    """That a person has deleted what their phone had not sent, and how much it was."""

    device: UUID
    commands: Count
    photos: Count
    drafts: Count = 0


@bp.post("/api/lost")
@needs(LOGIN)
def lost() -> ResponseReturnValue:
    """A phone says what it has lost, so that nobody waits for it in vain."""
    given = _read(LostGiven)
    if given.last_n < given.first_n:
        raise BadRequest
    with acting() as act:
        accounts.note_lost(act, given.device, first_n=given.first_n, last_n=given.last_n)
    return _json({})


@bp.post("/api/deleted")
@needs(LOGIN)
def deleted() -> ResponseReturnValue:
    """A person has deleted unsent work from their phone, by a word they had to type: it is on record."""
    given = _read(DeletedGiven)
    with acting() as act:
        accounts.note_deleted(act, given.device, commands=given.commands, photos=given.photos, drafts=given.drafts)
    return _json({})


@bp.post("/api/logout")
@needs(LOGIN)
def log_out() -> ResponseReturnValue:
    """End this login session; what the phone holds stays on the phone."""
    with acting() as act:
        doors.begin_afresh(act)
    answer = _json({})
    answer.delete_cookie(house().cookie, path="/", secure=house().secure, httponly=True, samesite="Lax")
    return answer


@bp.get("/api/me")
@needs(LOGIN)
def me() -> ResponseReturnValue:
    """Who is logged in, with what a phone needs to work for a week without asking again."""
    return _json(_me(who(), _device() or who().device))


@bp.get("/api/manual/<int:version>")
@needs(LOGIN)
def manual(version: int) -> ResponseReturnValue:
    """One version of the manual; it never changes, so it is kept for ever."""
    sha256, text = standards.manual_text(db.session(), version)
    epoch, _ = sync.epoch(db.session())
    answer = Response(f'{{"epoch":"{epoch}","version":{version},"kinds":{text}}}', mimetype="application/json")
    answer.set_etag(sha256[:32])
    answer.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    answer.make_conditional(request)
    return _squeezed(answer)


@bp.post("/api/push")
@needs(LOGIN, LEAVING)
def push() -> ResponseReturnValue:
    """Apply a phone's commands, each once, and answer each."""
    if (request.content_length or 0) > MAX_BYTES:
        raise sync.BadPush
    given = sync.read_push(request.get_data())
    session = db.session()
    epoch, _ = sync.epoch(session)
    queued = sync.Unsent(given.queued, given.queued_photos, from_ms(given.queued_since) if given.queued_since else None)
    answers = sync.push(session, who(), given.device, given.commands, queued=queued, now=now(), set_aside=doors.is_leaving())
    for answer in answers:
        _speak(answer)
        if "first_answer" in answer:
            _speak(answer["first_answer"])
    return _json({"now": to_ms(now()), "last_n": sync.last_n(session, given.device, who().id), "answers": answers}, epoch)


@bp.get("/api/pull")
@needs(LOGIN)
def pull() -> ResponseReturnValue:
    """What changed in the person's scope since the cursor."""
    session = db.session()
    epoch, backed_up = sync.epoch(session)
    # what is kept on a phone is in the language that its screens are in
    answer = sync.pull(session, replace(who(), language=words.language()), request.args.get("cursor", ""), now=now())
    device = _device()
    answer |= {"now": to_ms(now()), "backed_up_seq": backed_up, "last_n": sync.last_n(session, device, who().id) if device else 0}
    return _json({name: value for name, value in answer.items() if name not in ("rows", "gone", "reset", "more") or value}, epoch)


@bp.put("/api/photos/<sha256>")
@needs(LOGIN, LEAVING)
def photo(sha256: str) -> ResponseReturnValue:
    """Take in a photo's bytes that a command of this phone named; the receipt comes after they are safe on disk."""
    session, store = db.session(), house().store
    device = who().device
    if not SHA256.fullmatch(sha256) or device is None:
        raise evidence.NotNamed
    named, receipt = evidence.expected(session, sha256, device, who().id)
    if not named:
        raise evidence.NotNamed
    epoch, _ = sync.epoch(session)
    if receipt is None or not store.has(sha256):
        if request.content_length is None:
            raise BadRequest
        # As it is where the gate has held it to its announced length, and `keep` does again. Another server's has no end:
        # reading one byte more than was announced would wait for the phone for ever.
        body = request.environ["wsgi.input"] if request.environ.get("wsgi.input_terminated") else request.stream
        kept = evidence.keep(store, body, size=request.content_length, sha256=sha256)
        with acting() as act:
            evidence.receive(act, kept, reach=findings.photo_keys(session, sha256))
        receipt = act.receipt or evidence.receipt_of(session, sha256)
    assert receipt is not None
    return _json({"sha256": sha256, "receipt": {"seq": receipt[0], "head": receipt[1]}}, epoch)


@bp.get("/api/leaves")
@needs(LOGIN)
def leaves() -> ResponseReturnValue:
    """The journal's leaves after a position, so that a phone can recompute the head itself."""
    session = db.session()
    after = request.args.get("from", 0, type=int)
    if not 0 <= after < 2**62:
        raise BadRequest
    seq, head = journal.head(session)
    some = journal.leaves(session, after=after)
    return _json({"from": after, "to": after + len(some), "leaves": some, "head": [seq, head]})


class NoticesSeen(Struct, frozen=True, forbid_unknown_fields=True):
    """Up to which place in the order the notices were seen."""

    seq: Annotated[int, Meta(ge=0, le=2**53)]


@bp.get("/api/notices")
@needs(LOGIN)
def notices() -> ResponseReturnValue:
    """The person's notices after a place in the order, newest first, and how many are new."""
    after = request.args.get("after", "0")
    if not (after.isascii() and after.isdigit() and len(after) < 16):
        raise BadRequest
    session = db.session()
    told = messages.inbox(session, standing(), after=int(after))
    language = words.language()
    lines = [
        {
            "seq": one.seq,
            "kind": one.kind,
            "at": to_ms(one.at),
            "finding": one.finding.id,
            "number": one.finding.number,
            "state": one.finding.state,
            "title": findings.title(session, one.finding, language),
            "unread": one.unread,
        }
        for one in told
    ]
    return _json({"notices": lines, "unread": sum(messages.unread(session, standing()).values())})


@bp.post("/api/notices/read")
@needs(LOGIN)
def notices_read() -> ResponseReturnValue:
    """Note that the notices up to a place in the order were seen."""
    messages.mark_read(db.session(), who().id, _read(NoticesSeen).seq)
    return _json({})


def _me(person: Identity, device: UUID | None) -> dict[str, Any]:
    session = db.session()
    areas = places.area_names(session)
    units = accounts.unit_names(session, person.units)
    newest = standards.current_manual(session)
    calendar = findings.calendar(session)
    name, name_en = doors.county_names()
    return {
        "person": {"id": person.id, "name": person.name, "login": person.login, "language": person.language},
        "posts": [
            {
                "id": post.id,
                "duty": post.duty,
                "area": post.area_id,
                "area_name": areas[post.area_id].name if post.area_id in areas else "",
                "area_name_en": areas[post.area_id].name_en if post.area_id in areas else "",
                "unit": post.unit_id,
                "unit_name": units[post.unit_id].name if post.unit_id in units else "",
                "unit_name_en": units[post.unit_id].name_en if post.unit_id in units else "",
            }
            for post in person.posts
        ],
        "units": sorted(person.units, key=str),
        "hats": [hat for hat, duties in HATS.items() if person.has(*duties)],
        "county": {"name": name, "name_en": name_en, "demo": house().settings.demo},
        "manual": {"version": newest.version, "sha": newest.sha256} if newest else None,
        "last_n": sync.last_n(session, device, person.id) if device else 0,
        "now": to_ms(now()),
        "return_reasons": [{"code": code, "zh": zh, "en": en} for code, (zh, en) in findings.return_reasons(session).items()],
        "dismiss_reasons": [{"code": code, "zh": zh, "en": en} for code, (zh, en) in findings.dismiss_reasons(session).items()],
        "calendar": {
            "tz": now().astimezone(calendar.zone).strftime("%z")[:3] + ":00",
            "hours": [[f"{begins:%H:%M}", f"{ends:%H:%M}"] for begins, ends in calendar.hours],
            "days": {day.isoformat(): works for day, works in calendar.exceptions.items() if day.year >= now().year},
        },
    }


def _speak(answer: dict[str, Any]) -> None:
    """Give a refusal its sentence in the person's language."""
    if answer["answer"] in ("ok", "duplicate"):
        return
    known = {refusal.code: refusal for refusal in words.all_refusals()}
    refusal = known.get(answer.get("code", ""))
    if refusal is not None:
        answer["message"] = words.sentence(refusal.sentence, answer.get("facts", {}))
    elif answer["answer"] == "held":
        answer["message"] = words.sentence("这一条要等前一条先到，已经收下，会自动办理。", {})
    elif answer["answer"] == "retry":
        answer["message"] = words.sentence("服务器暂时办不了这一条，已留在手机上，会自动再试。", {})


def _device() -> UUID | None:
    try:
        return UUID(request.args["device"]) if "device" in request.args else None
    except ValueError:
        raise BadRequest from None


def _read(shape: type[Given]) -> Given:
    try:
        return decode(request.get_data(), shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadRequest from None


def _json(value: dict[str, Any], epoch: str | None = None) -> Response:
    body = {"epoch": epoch if epoch is not None else sync.epoch(db.session())[0], **value}
    return _squeezed(Response(msgspec.json.encode(body), mimetype="application/json"))


def _squeezed(answer: Response) -> Response:
    """JSON over 1 KB goes out gzipped."""
    data = answer.get_data() if answer.status_code == 200 else b""
    if len(data) > 1024 and request.accept_encodings.quality("gzip"):
        answer.set_data(gzip.compress(data, 6))
        answer.content_encoding = "gzip"
    answer.headers["Vary"] = "Accept-Encoding, Cookie"
    return answer
