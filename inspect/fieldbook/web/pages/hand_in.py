"""补送: a phone's unsent work that somebody brings as a file. Looked at first, then taken in as if the phone had sent it."""

import hashlib
import os
import re
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldbook import evidence, sync
from fieldbook.accounts import Duty
from fieldbook.kernel import Refusal, db

from .. import words
from ..doors import acting, house, needs, now, who
from ..shown import step_word
from ..words import _
from .held import STEPS

bp = Blueprint("hand_in", __name__)

FILE = re.compile(r"[0-9a-f]{64}")
CHUNK = 1 << 20
#: lines shown of one file; the counts are of all
MOST_LINES = 200


@bp.get("/people/hand-in")
@needs(Duty.ADMINISTRATOR, everywhere=True)
def new() -> ResponseReturnValue:
    """Where a file is sent."""
    return _start()


@bp.post("/people/hand-in")
@needs(Duty.ADMINISTRATOR, everywhere=True)
def upload() -> ResponseReturnValue:
    """Keep a file for a day and look at it; nothing of it counts yet."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return _start(_("还没有选文件。"), 422)
    try:
        sync.open_hand_in(file.stream)
        digest = _keep(file.stream)
    except Refusal as refusal:
        return _start(words.sentence(refusal.sentence, refusal.facts), refusal.status)
    return redirect(url_for(".show", file=digest), 303)


@bp.get("/people/hand-in/<file>")
@needs(Duty.ADMINISTRATOR, everywhere=True)
def show(file: str) -> ResponseReturnValue:
    """Whose phone it is, how much is in it, and what of it is here already."""
    return _looked(file)


@bp.post("/people/hand-in/<file>")
@needs(Duty.ADMINISTRATOR, everywhere=True, fresh=True)
def take_in(file: str) -> ResponseReturnValue:
    """Take it in, in the name of whose phone it was; the journal says who brought it."""
    session, store = db.session(), house().store
    with _opened(file) as kept:
        try:
            handed = sync.open_hand_in(kept)
            seen = sync.look(session, store, handed)
            with acting() as act:
                sync.note_hand_in(act, handed, seen)
            taken = sync.take(session, store, handed, seen, now=now())
        except Refusal as refusal:
            db.session.rollback()
            return _start(words.sentence(refusal.sentence, refusal.facts), refusal.status)
    return _looked(file, taken)


class FileGone(Refusal):
    """The file was sent more than a day ago, or by somebody else."""

    code = "web.hand_in_gone"
    status = 404
    sentence = "这个文件已经不在这里了，没办完的没有改动。请把文件再传一次，已收下的不会重复。"


def _keep(stream: IO[bytes]) -> str:
    """Put a file aside for a day, for whoever sent it. Returns its SHA-256."""
    store, digest = house().store, hashlib.sha256()
    stream.seek(0)
    fresh = store.spool / f"hand-in-{uuid4().hex}"
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            while piece := stream.read(CHUNK):
                digest.update(piece)
                out.write(piece)
        fresh.rename(_place(digest.hexdigest()))
    except OSError as reason:
        raise evidence.DiskFull from reason
    finally:
        fresh.unlink(missing_ok=True)
    return digest.hexdigest()


def _place(file: str) -> Path:
    if not FILE.fullmatch(file):
        raise FileGone
    return house().store.spool / f"hand-in-{who().id}-{file}"


def _opened(file: str) -> IO[bytes]:
    try:
        return _place(file).open("rb")
    except OSError as reason:
        raise FileGone from reason


def _start(wrong: str = "", status: int = 200) -> ResponseReturnValue:
    return render_template("people/hand_in.html", here="people", wrong=wrong, most_mb=sync.HAND_IN_BYTES >> 20, back=url_for("people.index")), status


def _looked(file: str, taken: sync.Taken | None = None) -> ResponseReturnValue:
    session, store = db.session(), house().store
    with _opened(file) as kept:
        try:
            handed = sync.open_hand_in(kept)
            seen = sync.look(session, store, handed)
        except Refusal as refusal:
            return _start(words.sentence(refusal.sentence, refusal.facts), refusal.status)
    why = _sentences(taken)
    page = render_template(
        "people/hand_in_look.html",
        here="people",
        name=seen.person.name,
        href=url_for("people.show", person_id=seen.person.id),
        phone=seen.phone.name,
        made_at=handed.made_at,
        look=seen,
        lines=[_line(line, why) for line in seen.lines[:MOST_LINES]],
        more=max(0, len(seen.lines) - MOST_LINES),
        taken=taken,
        bad_photos=[words.sentence(refusal.sentence, refusal.facts) for refusal in taken.refused.values()] if taken else [],
        action=url_for(".take_in", file=file),
        back=url_for(".new"),
    )
    return page


def _sentences(taken: sync.Taken | None) -> dict[str, str]:
    """id of a command -> why it was not done, as its phone would have been told."""
    known = {refusal.code: refusal for refusal in words.all_refusals()}
    told = {answer["id"]: answer for answer in taken.answers if answer["id"]} if taken else {}
    return {key: words.sentence(known[answer["code"]].sentence, answer.get("facts", {})) for key, answer in told.items() if answer.get("code") in known}


def _line(line: sync.Line, why: dict[str, str]) -> dict[str, Any]:
    known = {refusal.code: refusal.sentence for refusal in words.all_refusals()}
    return {
        "n": line.n,
        "what": (_("检查") if line.verb == "visit.finish" else step_word(STEPS.get(line.verb.partition(".")[2], line.verb))) if line.verb else _("看不懂的一条"),
        "at": line.at,
        "photos": line.photos,
        "state": line.state,
        "word": {"new": _("还没收到"), "there": _("已收下"), "held": _("等调度员认领"), "refused": _("没有收下"), "unreadable": _("没有收下")}[line.state],
        "why": why.get(str(line.id), "") or ("" if line.state in ("new", "there") or "{" in known.get(line.code, "{") else words.sentence(known[line.code], {})),
    }
