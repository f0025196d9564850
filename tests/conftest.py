"""What tests share: a database made from a template, the application on it, the small county."""

import contextvars
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from alembic import command
from flask import Flask
from hypothesis import settings
from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy.orm import close_all_sessions
from werkzeug.routing import Rule

from fieldbook import create_app
from fieldbook.kernel import Settings, db
from fieldbook.ops.instance import make_instance
from fieldbook.ops.migrate import configuration
from tests import county as small
from tests import servers

if TYPE_CHECKING:
    from playwright.sync_api import Browser as Chromium
    from playwright.sync_api import Playwright

SECRET = "0123456789abcdefghijklmnopqrstuvwxyz-test"
ON_POSTGRESQL = os.environ.get("FIELDBOOK_TEST_DATABASE") == "postgresql"

# a slow machine is no fault of the code; each failure prints the line that replays it
settings.register_profile("fieldbook", deadline=None, print_blob=True)
settings.load_profile("fieldbook")


#: what every application works out alike from its own routes and templates, worked out once for all tests of a process
_builders: dict[tuple[str, bool], Any] = {}
_compile_builder = Rule._compile_builder


class _PerLanguage(FileSystemBytecodeCache):
    """Compiled templates, which have their words in them."""

    def get_bucket(self, environment: Any, name: str, filename: str | None, source: str) -> Bucket:
        return super().get_bucket(environment, f"{environment.language} {name}", filename, source)


_templates = _PerLanguage(tempfile.mkdtemp(prefix="fieldbook-templates-"))


def _compiled_once(rule: Rule, append_unknown: bool = True) -> Any:
    key = (repr(rule), append_unknown)
    if key not in _builders:
        _builders[key] = _compile_builder(rule, append_unknown)
    return _builders[key]


Rule._compile_builder = _compiled_once  # type: ignore[method-assign]


def make_app(instance: Path, url: str, clock: Any = None, **more: Any) -> Flask:
    """An application of its own on one database."""
    instance.mkdir(parents=True, exist_ok=True)
    app = create_app(Settings(instance=instance, secret=SECRET, database_url=url, demo=True, **more), clock)
    app.testing = True
    app.jinja_env.bytecode_cache = _templates
    return app


def make_county(folder: Path) -> None:
    """The small county in an instance of its own, ready for a real server."""
    make_instance(folder, demo=False)
    app = make_app(folder, f"sqlite:///{folder / 'fieldbook.sqlite'}")
    small.build(app)
    with app.app_context():
        command.stamp(configuration(), "head")
        db.session.remove()
        db.engine.dispose()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only what asks a database can go otherwise than it went on SQLite."""
    if ON_POSTGRESQL:
        others = [item for item in items if not {"empty_database", "postgresql"} & set(getattr(item, "fixturenames", ()))]
        items[:] = [item for item in items if item not in others]
        config.hook.pytest_deselected(items=others)


@pytest.fixture(scope="module")
def tools() -> Iterator["Playwright"]:
    """What starts browsers; not for longer than a file, since beside it no other event loop can run."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def chromium(tools: "Playwright") -> Iterator["Chromium"]:
    """A Chromium without windows, for pages; a phone has one of its own, with its profile."""
    found = servers.headless()
    assert found, "no Chromium here: apt install chromium"
    browser = tools.chromium.launch(executable_path=found, args=servers.CHROMIUM_ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A real PostgreSQL of our own."""
    with servers.postgresql() as url:
        yield url


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Callable[[], str]:
    """Each call makes an empty database of the kind under test and gives its URL; it goes with its server or folder."""

    def make() -> str:
        if ON_POSTGRESQL:
            return servers.new_database(request.getfixturevalue("postgresql"))
        return f"sqlite:///{tmp_path_factory.mktemp('empty') / 'fieldbook.sqlite'}"

    return make


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, empty_database: Callable[[], str]) -> str:
    """The small county, built once: the URL that every test gets a copy of."""
    url = empty_database()
    small.build(make_app(tmp_path_factory.mktemp("template"), url))
    return url


@pytest.fixture
def fresh_database(template: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A copy of the small county's database for one test."""
    if ON_POSTGRESQL:
        url = servers.new_database(request.getfixturevalue("postgresql"), like=template.split("@/")[1].split("?")[0])
        yield url
        servers.drop_database(url)
    else:
        target = tmp_path / "fieldbook.sqlite"
        shutil.copy(template.removeprefix("sqlite:///"), target)
        yield f"sqlite:///{target}"


@pytest.fixture
def app(fresh_database: str, tmp_path: Path) -> Iterator[Flask]:
    """The application on the small county, at the county's own time."""
    clock: list[small.County] = []
    app = make_app(tmp_path, fresh_database, lambda: clock[0].at)
    clock.append(small.County(app))
    app.extensions["small county"] = clock[0]
    yield app
    with app.app_context():
        db.session.remove()
        close_all_sessions()  # what a test left open goes back to the pool before it is emptied
        db.engine.dispose()


@pytest.fixture
def town(app: Flask) -> Iterator[small.County]:
    """The small county with an open context; whatever a test did there must check out."""
    with app.app_context():
        yield app.extensions["small county"]
        app.extensions["small county"].check_out()


class Browser:
    """A test client that logs in by name; asks as a browser of our own pages would."""

    def __init__(self, app: Flask, who: str | None) -> None:
        self.app = app
        self.client = app.test_client()
        self.device = str(small.named(f"{who}'s phone"))
        self.n = 0
        if who:
            given = {"login": who, "password": small.PASSWORD, "device": {"id": self.device, "name": "test"}}
            answer = self.post("/api/login", given)
            assert answer.status_code == 200, answer.json

    def send(self, path: str, data: bytes, content_type: str, **more: Any) -> Any:
        return self._ask(self.client.post, path, data=data, content_type=content_type, **more)

    def _ask(self, method: Callable[..., Any], path: str, **more: Any) -> Any:
        """In a context of its own: with a test's own application context open, one request's `g` would leak into the next."""
        return contextvars.Context().run(method, path, **more)

    def get(self, path: str, **more: Any) -> Any:
        return self._ask(self.client.get, path, **more)

    def post(self, path: str, body: Any, **more: Any) -> Any:
        return self._ask(self.client.post, path, json=body, **more)

    def put_photo(self, data: bytes, sha256: str | None = None) -> Any:
        return self._ask(self.client.put, f"/api/photos/{sha256 or hashlib.sha256(data).hexdigest()}", data=data, content_type="image/jpeg")

    def command(self, verb: str, subject: Any, body: dict[str, Any], **more: Any) -> dict[str, Any]:
        self.n += 1
        return small.envelope(verb, subject, body, n=more.pop("n", self.n), **more)

    def push(self, *commands: dict[str, Any], queued: int = 0) -> list[dict[str, Any]]:
        answer = self.post("/api/push", {"device": self.device, "epoch": "", "queued": queued, "commands": list(commands)})
        assert answer.status_code == 200, answer.json
        return answer.json["answers"]  # type: ignore[no-any-return]

    def pull(self, cursor: str = "") -> dict[str, Any]:
        answer = self.get(f"/api/pull?device={self.device}&cursor={cursor}")
        assert answer.status_code == 200, answer.json
        return answer.json  # type: ignore[no-any-return]


@pytest.fixture
def as_(app: Flask) -> Callable[[str | None], Browser]:
    """Somebody's browser or phone: as_("lin")."""
    return lambda who: Browser(app, who)
