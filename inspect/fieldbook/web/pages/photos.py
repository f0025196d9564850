"""Photos as people see them: re-encoded pictures, and the restricted original, whose views are noted."""

import re

from flask import Blueprint, Response, send_file
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from fieldbook import evidence, findings, sync
from fieldbook.accounts import Duty
from fieldbook.kernel import db
from fieldbook.web.doors import LOGIN, acting, house, needs, standing
from fieldbook.web.headers import CSP_DATA

bp = Blueprint("photos", __name__)

SHA256 = re.compile(r"[0-9a-f]{64}")


@bp.get("/photos/<sha256>/<size>")
@needs(LOGIN)
def picture(sha256: str, size: str) -> ResponseReturnValue:
    """The small (320 px) or large (1280 px) picture of a photo that belongs to something in the person's scope."""
    if size not in ("small", "large") or not SHA256.fullmatch(sha256) or not _sees(sha256):
        raise NotFound
    return _sent(f"{sha256}.{size}", "image/jpeg")


@bp.get("/photos/<sha256>/original")
@needs(Duty.HEADQUARTERS, Duty.ADMINISTRATOR, Duty.AUDITOR, Duty.REVIEWER)
def original(sha256: str) -> ResponseReturnValue:
    """The untouched bytes; each view is an entry in the journal."""
    if not SHA256.fullmatch(sha256) or not findings.sees_photo(db.session(), standing(), sha256):
        raise NotFound
    photo = db.session().get(evidence.Photo, sha256)
    if photo is None or photo.verdict is not evidence.PhotoState.CHECKED:
        raise NotFound
    with acting() as act:
        act.record("photo.viewed", evidence.subjects_of(db.session(), sha256)[0], sha256=sha256)
    return _sent(sha256, photo.media_type)


def _sees(sha256: str) -> bool:
    """Whether the photo belongs to a finding or a visit in scope, or to something the person has to decide about."""
    session = db.session()
    return findings.sees_photo(session, standing(), sha256) or sync.sees_held_photo(session, standing(), sha256)


def _sent(key: str, media_type: str) -> Response:
    store = house().store
    if not store.has(key):
        raise NotFound
    answer = send_file(store.open(key), mimetype=media_type, as_attachment=False, download_name=f"{key[:12]}.jpg")
    answer.headers["Content-Security-Policy"] = CSP_DATA
    answer.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return answer
