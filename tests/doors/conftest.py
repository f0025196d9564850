"""What the tests of the doors share: everybody logged in without waiting for a password, and forms that carry their token."""

import contextvars
import hashlib
import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select, update
from sqlalchemy.orm import close_all_sessions

from fieldbook import accounts, findings, journal
from fieldbook.evidence import Naming, Photo, PhotoState
from fieldbook.inspections import Visit
from fieldbook.kernel import db
from tests import county as small
from tests import servers
from tests.conftest import ON_POSTGRESQL, SECRET, Browser, make_app
from tests.county import County, named
from tests.doors.authz import EVERYBODY

#: an address nobody would take for the county's own machine
OUTSIDE = "203.0.113.7"


class Caller(Browser):
    """Somebody at the door: a person with a login session, or nobody. Forms carry their token unless told otherwise."""

    def __init__(self, app: Flask, who: str | None, *, phone: bool = True) -> None:
        super().__init__(app, None)
        self.who = who
        self.device = str(named(f"{who}'s phone"))
        self.token = ""
        if who:
            contextvars.Context().run(self._log_in, phone)
            self.client.set_cookie("fieldbook", self.token)

    def _log_in(self, phone: bool) -> None:
        with self.app.app_context():
            checked = accounts.LoginChecked(named(self.who or ""), ())
            with journal.begin(db.session(), who=None, at=self.app.extensions["small county"].at) as act:
                given = accounts.log_in(act, checked, device=UUID(self.device) if phone else None)
            self.token = given or ""

    def form(self, path: str, data: dict[str, Any] | None = None, *, with_token: bool = True, **more: Any) -> Any:
        """Send a form as one of our own pages would."""
        fields = {**(data or {}), **({"csrf_token": contextvars.Context().run(self.form_token)} if with_token else {})}
        return self._ask(self.client.post, path, data=fields, **more)

    def form_token(self) -> str:
        with self.client.session_transaction() as kept:
            raw = kept.setdefault("csrf_token", secrets.token_hex(20))
        return URLSafeTimedSerializer(SECRET, salt="wtf-csrf-token").dumps(raw)

    def get(self, path: str, **more: Any) -> Any:
        return self.ask("GET", path, **more)

    def ask(self, method: str, path: str, **more: Any) -> Any:
        """Any request at all."""
        return self._ask(lambda at: self.client.open(at, method=method, buffered=True, **more), path)


@contextmanager
def a_house(template: str, folder: Path, pg: Any, **more: Any) -> Iterator[Flask]:
    """An application on a copy of the small county."""
    if ON_POSTGRESQL:
        url = servers.new_database(pg, like=template.split("@/")[1].split("?")[0])
    else:
        shutil.copy(template.removeprefix("sqlite:///"), folder / "fieldbook.sqlite")
        url = f"sqlite:///{folder / 'fieldbook.sqlite'}"
    county: list[County] = []
    app = make_app(folder, url, lambda: county[0].at, **more)
    county.append(County(app))
    app.extensions["small county"] = county[0]
    try:
        yield app
    finally:
        with app.app_context():
            db.session.remove()
            close_all_sessions()  # what a test left open goes back to the pool before it is emptied
            db.engine.dispose()
        if ON_POSTGRESQL:
            servers.drop_database(url)


def passwords_typed(app: Flask, at: datetime | None) -> None:
    """Let it be then, or never, that everybody typed their password."""
    with app.app_context():
        with small.writing(db.session()):
            db.session().execute(update(accounts.LoginSession).values(confirmed_at=at))
        db.session.remove()


def forget_wrong_passwords(app: Flask) -> None:
    """Let the guesses of one test not slow down the next."""
    with app.app_context():
        with small.writing(db.session()):
            db.session().execute(small.Base.metadata.tables["login_try"].delete())
        db.session.remove()


@pytest.fixture(scope="session")
def house(template: str, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """One application for all tests that only ask, or that leave nothing behind which another would mind."""
    pg = request.getfixturevalue("postgresql") if ON_POSTGRESQL else None
    with a_house(template, tmp_path_factory.mktemp("house"), pg) as app:
        yield app


@pytest.fixture(scope="session")
def people(house: Flask) -> dict[str, Caller]:
    """Everybody, each with the login session they have or had."""
    for name in ("revoked", "disabled"):
        newcomer(house, name)
    met = {name: Caller(house, name if name != "nobody" else None) for name in EVERYBODY}
    for name in ("revoked", "disabled"):
        close_out(house, name, name)
    return met


@pytest.fixture
def caller(app: Flask) -> Callable[..., Caller]:
    """caller("lin"): lin with a phone; caller(None): a stranger."""
    return lambda who, **more: Caller(app, who, **more)


@pytest.fixture
def open_house(template: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[..., Flask]]:
    """Applications with settings of their own: open_house(origin="https://…")."""
    opened: list[Any] = []
    pg = request.getfixturevalue("postgresql") if ON_POSTGRESQL else None

    def open_one(**settings: Any) -> Flask:
        folder = tmp_path / f"house{len(opened)}"
        folder.mkdir()
        house = a_house(template, folder, pg, **settings)
        opened.append(house)
        return house.__enter__()

    yield open_one
    for house in opened:
        house.__exit__(None, None, None)


def newcomer(app: Flask, name: str) -> None:
    """Another inspector of zone 6."""
    with app.app_context():
        with journal.begin(db.session(), who=None, at=app.extensions["small county"].at) as act:
            accounts.make_person(act, name=name.title(), login=name, password_hash="none", id=named(name))
            act.session.flush()
            accounts.make_post(act, named(name), accounts.Duty.INSPECTOR, area_id=named("zone6"))
        db.session.remove()


def close_out(app: Flask, who: str, how: str) -> None:
    """Revoke a person's phone, or disable the person."""
    at = app.extensions["small county"].at
    with app.app_context():
        with journal.begin(db.session(), who=None, at=at) as act:
            if how == "revoked":
                act.session.execute(update(accounts.Phone).where(accounts.Phone.person_id == named(who)).values(revoked_at=at))
            else:
                act.session.execute(update(accounts.Person).where(accounts.Person.id == named(who)).values(disabled_at=at))
        db.session.remove()


def a_visit(town: County, *, who: str = "lin", place: str = "城南农贸市场", words: str = "", photos: Any = None) -> UUID:
    """A finished visit of a place, all in order; its id."""
    visit = uuid4()
    answers = town.answers()
    if words or photos:
        first = answers[0]
        answers[0] = findings.Answered(first.criterion, first.verdict, first.value, first.choice, words, photos or [])
    told = findings.VisitDone(
        place=named(place),
        kind="25",
        manual=1,
        started_at=small.to_ms(town.at) - 600_000,
        finished_at=small.to_ms(town.at),
        answers=answers,
    )
    with town.acting(who) as act:
        findings.finish_visit(act, town.standing(who), visit, told)
    town.deliver()
    assert town.session.get(Visit, visit)
    town.session.rollback()
    return visit


def drawn(town: County, sha256: str) -> None:
    """Put the pictures that people see beside a photo's original, as the decoder would."""
    store = town.app.extensions["fieldbook"].store
    for size in ("small", "large"):
        made = store.spool / f"{sha256}.{size}"
        made.write_bytes(small.picture(1, size=(320, 240)))
        store.put(f"{sha256}.{size}", made)


def a_checked_photo(town: County, finding: findings.Finding) -> str:
    """The hash of a photo of this finding that everybody in scope may look at."""
    arrived = select(Naming.sha256).join(Photo, Photo.sha256 == Naming.sha256).where(Naming.finding_id == finding.id, Photo.verdict == PhotoState.CHECKED)
    sha256 = town.session.scalars(arrived).first()
    town.session.rollback()
    assert sha256
    drawn(town, sha256)
    return sha256


def sha_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


#: what must never reach anybody, whatever went wrong
TRACE = re.compile(rb"(?i:Traceback|File \"|sqlite|psycopg|sqlalchemy|werkzeug|jinja2|/site-packages/)|SELECT |INSERT |UPDATE ")
