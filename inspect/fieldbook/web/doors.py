"""Doors: who is asking, whether they may enter a route, and the request's one commit."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from flask import Flask, Request, current_app, g, redirect, request, session, url_for
from flask.globals import request_ctx
from flask.sessions import SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_login import AnonymousUserMixin, LoginManager, current_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import BadRequest, HTTPException
from werkzeug.wrappers import Response

from fieldbook import accounts, evidence, journal, places
from fieldbook.accounts import Duty, Identity
from fieldbook.evidence import Store
from fieldbook.kernel import Act, Clock, Refusal, Settings, county, db
from fieldbook.places import Standing

from .gate import UNWANTED, largest

View = TypeVar("View", bound=Callable[..., Any])

#: what a route needs: anybody may enter, or anybody who is logged in; else one of the duties named
PUBLIC = "public"
LOGIN = "login"
#: a phone that was taken out of use may still enter, to hand in what it holds
LEAVING = "leaving"

#: the field in which a password is typed again
AGAIN = "password_again"

#: what a proxy adds; without `proxies` in the settings nothing true can be read from it
FORWARDED = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded", "Via")

#: moving the end of a session at every request would make every page a write
TOUCH_EVERY = timedelta(minutes=10)


@dataclass(frozen=True)
class House:
    """What the whole application shares."""

    settings: Settings
    clock: Clock
    store: Store
    #: the origin was https when the server started: cookies travel by https only, whatever a proxy forgot to say
    https: bool

    @property
    def secure(self) -> bool:
        """Whether this request's cookies travel by https only."""
        return self.https or request.is_secure

    @property
    def cookie(self) -> str:
        return "__Host-fieldbook" if self.secure else "fieldbook"


class FormCookie(SecureCookieSessionInterface):
    """Where the forms' token is kept: like the login's own cookie, by https only as soon as https is there."""

    def open_session(self, app: Flask, request: Request) -> Any:
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()  # without making the signer that would read it
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: Any, response: Any) -> None:
        if session.modified:
            super().save_session(app, session, response)

    def get_cookie_name(self, app: Flask) -> str:
        return "__Host-fieldbook-form" if house().secure else "fieldbook-form"

    def get_cookie_secure(self, app: Flask) -> bool:
        return house().secure


class LoginNeeded(Refusal):
    """Nobody is logged in, or the session has ended."""

    code = "web.login_needed"
    status = 401
    sentence = "登录已过期，请重新登录。已填的内容和手机里的照片都在。"


class ConfirmNeeded(Refusal):
    """A step of weight, in a login session whose password was typed too long ago."""

    code = "web.confirm_needed"
    status = 401
    sentence = "这一步要再输入一次密码，还没有做。填写的内容都在。"


class ConfirmWrong(Refusal):
    """The password that was typed again is not theirs."""

    code = "web.confirm_wrong"
    status = 401
    sentence = "密码不对，这一步还没有做。填写的内容都在，请再输一次。"


class ForeignRequest(Refusal):
    """A request that changes something came from another site, or without its form's token."""

    code = "web.foreign_request"
    status = 403
    sentence = "这个页面放得太久，或不是从本系统打开的，这一步没有做。请刷新后再试，填写的内容请先复制。"


class PlainHttp(Refusal):
    """A login over plain http from another machine: the password would travel in the open."""

    code = "web.plain_http"
    status = 403
    sentence = "现在的网址不是 https，密码会被旁人看到，不能登录。请用 https 开头的网址打开。"


def house() -> House:
    """What the whole application shares."""
    return current_app.extensions["fieldbook"]  # type: ignore[no-any-return]


def origin() -> str:
    """The one public scheme://host[:port] that phones enrol under; empty while none is fixed. The instance's settings go first."""
    return (house().settings.origin or county(db.session()).origin).rstrip("/")


def is_this_machine() -> bool:
    """Whether the browser sits at the server itself and calls it by a name that only it knows."""
    address = _address()
    name = request.host.rpartition(":")[0] if request.host.rpartition(":")[2].isdigit() else request.host
    return address is not None and address.is_loopback and name in ("localhost", "127.0.0.1", "[::1]")


def county_names() -> tuple[str, str]:
    """The county's name in Chinese and in English: as the desk settled it, else as the instance's settings have it."""
    settings = house().settings
    try:
        settled = county(db.session())
    except SQLAlchemyError:  # an error page must still come out when the database is what went wrong
        return settings.county, settings.county_en
    return (settled.name, settled.name_en) if settled.name else (settings.county, settings.county_en)


def now() -> Any:
    """The moment of this request; one moment, however long it takes."""
    moment = g.get("now")
    if moment is None:
        moment = g.now = house().clock()
    return moment


def is_leaving() -> bool:
    """Whether this request comes from a phone that was taken out of use and may only hand in what it holds."""
    return bool(g.get("leaving"))


def needs(*what: str | Duty, everywhere: bool = False, fresh: bool = False) -> Callable[[View], View]:
    """Declare what a route needs: PUBLIC, LOGIN, or any of these duties. A route without it answers 403.

    everywhere: the duty must hold for the whole county, because what is settled there holds for all of it.
    fresh: the password must have been typed a short while ago; else a page asks for it and sends the same form on.
    Such a route takes no files: a page cannot hand them on.
    """

    def declare(view: View) -> View:
        view.needs = what  # type: ignore[attr-defined]
        view.everywhere = everywhere  # type: ignore[attr-defined]
        view.fresh = fresh  # type: ignore[attr-defined]
        return view

    return declare


def who() -> Identity:
    """The person logged in; only behind a door that needs one."""
    return _somebody()  # type: ignore[no-any-return]


def _somebody() -> Any:
    """Whoever asks, or nobody: what `current_user` stands for, found once a request and without its detour at each mention."""
    somebody = g.get("_login_user")
    if somebody is None:
        somebody = g._login_user = _from_cookie(request_ctx.request) or AnonymousUserMixin()
    return somebody


def standing() -> Standing:
    """What the person logged in sees and may do, resolved once a request."""
    if "standing" not in g:
        g.standing = places.standing_of(db.session(), who().id, who().posts)
    return g.standing  # type: ignore[no-any-return]


@contextmanager
def acting() -> Iterator[Act]:
    """The request's one commit, in the name of the person logged in."""
    somebody = _somebody()
    person = somebody.id if somebody.is_authenticated else None
    with journal.begin(db.session(), who=person, at=now(), device=getattr(somebody, "device", None)) as act:
        yield act


def install(app: Flask) -> None:
    """Put the doors in: login from our own cookie, `needs` on every route, forms' tokens, the origin."""
    login = LoginManager()  # for `current_user` in templates; who it is comes from our own cookie, and no other is set
    app.login_manager = login  # type: ignore[attr-defined]
    app.context_processor(lambda: {"current_user": current_user})
    login.session_protection = None
    login.request_loader(_from_cookie)
    csrf = CSRFProtect()
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    csrf.init_app(app)

    @app.before_request
    def at_the_door() -> ResponseReturnValue | None:
        asked = request_ctx.request  # the proxy would look for it at each mention
        most = asked.max_content_length = largest(asked.method, asked.path)
        if UNWANTED in asked.environ or (asked.content_length or 0) > most:
            raise _unwanted(asked.environ.get(UNWANTED, 413))
        if elsewhere := _home_address():
            return redirect(elsewhere)
        if asked.endpoint is None:
            return None  # 404 and 405 are answered by errors
        _refuse_nul()
        view = app.view_functions[asked.endpoint]
        wanted: tuple[Any, ...] = getattr(view, "needs", ())
        if not wanted:
            raise accounts.NotYourDuty
        if asked.method not in ("GET", "HEAD", "OPTIONS"):
            _refuse_foreign(csrf)
        if PUBLIC in wanted:
            return None
        if not _somebody().is_authenticated:
            if _is_welcome_to_leave(wanted):
                return None
            if asked.method == "GET" and not wants_json() and not asked.headers.get("HX-Request"):
                return redirect(url_for("door.login", next=asked.full_path.rstrip("?")))
            raise LoginNeeded
        _touch()
        if wanted == (LEAVING,):
            raise accounts.NotYourDuty
        if LOGIN not in wanted and not (standing().may_everywhere(*wanted) if getattr(view, "everywhere", False) else who().has(*wanted)):
            raise accounts.NotYourDuty
        if getattr(view, "fresh", False):
            _confirm()
        return None


def _confirm() -> None:
    """Let nobody on whose password was not typed a short while ago; it may have come along with the form.

    Raises ConfirmNeeded, ConfirmWrong, PlainHttp, accounts.TooManyTries; `errors` answers them with the page that asks.
    """
    person, session, again = who(), db.session(), request.form.get(AGAIN, "")[:256]
    if person.confirmed_at is not None and now() - person.confirmed_at <= timedelta(minutes=county(session).confirm_minutes):
        return
    g.confirming = True
    if not again:
        raise ConfirmNeeded
    if not is_safe_to_log_in():
        raise PlainHttp
    with acting() as act:
        tried = accounts.try_login(act, person.login, network=network(), device=person.device)
    checked = accounts.check_login(tried, again)
    with acting() as act:
        is_right = accounts.confirm_login(act, checked, token(), device=person.device, address=network())
    if not is_right:
        raise ConfirmWrong
    g.confirming = False


def _home_address() -> str | None:
    """Where a page opened under another name of ours is led: a phone keeps its work under the one origin.

    Only pages are: what a phone still holds under an old name must get in by the API. This machine may look by any name.
    """
    if request.method != "GET" or "text/html" not in request.headers.get("Accept", "") or wants_json():
        return None
    home = origin()
    if not home:
        return None
    host = request.host.rpartition(":")[0] if request.host.rpartition(":")[2].isdigit() else request.host
    if request.host == urlsplit(home).netloc or host in ("localhost", "127.0.0.1", "[::1]"):
        return None
    return f"{home}/{request.full_path.rstrip('?').lstrip('/')}"


def _unwanted(status: int) -> Exception:
    """What is wrong with a body that was not taken."""
    if status == 413 and request.path.startswith("/api/photos/"):
        return evidence.TooLarge(limit_mb=evidence.LARGEST_BYTES >> 20)
    wrong = HTTPException()
    wrong.code = status
    return wrong


def _refuse_nul() -> None:
    """No database keeps a NUL, and no person types one. The API reads, and refuses, by its own shapes."""
    if not wants_json() and any("\0" in value for value in request.values.values()):
        raise BadRequest


def wants_json() -> bool:
    """Whether the answer should be JSON: the API's always are."""
    return request.path.startswith("/api/")


def network() -> str:
    """The network a request comes from: /24 of IPv4, /64 of IPv6."""
    address = _address()
    if address is None:
        return ""
    return str(ip_network((address, 64 if address.version == 6 else 24), strict=False))


def is_safe_to_log_in() -> bool:
    """Whether a password may travel: by https, or within this machine.

    Behind a proxy that nobody told us of, every stranger seems to come from this machine.
    """
    if request.is_secure:
        return True
    address = _address()
    hidden = not house().settings.proxies and not house().secure and any(name in request.headers for name in FORWARDED)
    return address is not None and address.is_loopback and not hidden


def _address() -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return None
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address


def begin_afresh(act: Act) -> None:
    """End the login session this browser came with, and forget what its forms held: the next person finds nothing of it."""
    accounts.leave(act, token())
    session.clear()


def set_cookie(answer: Response, token: str, *, device: UUID | None) -> None:
    """Give the login session's cookie: never readable by scripts, never sent across sites."""
    span = accounts.ENROLLED if device else None
    answer.set_cookie(house().cookie, token, max_age=span, secure=house().secure, httponly=True, samesite="Lax", path="/")


def token() -> str:
    """The login session's token of this request, or an empty text."""
    return request.cookies.get(house().cookie, "")


def _from_cookie(asked: Request) -> Identity | None:
    held = token()
    return accounts.identify(db.session(), held, now()) if held else None


def _is_welcome_to_leave(wanted: tuple[Any, ...]) -> bool:
    """Whether a phone that was taken out of use may enter here. It is told what has become of it everywhere else in the API."""
    leaving = accounts.leaving(db.session(), token(), now()) if wants_json() and token() else None
    if leaving is None:
        return False
    if leaving.stolen and wanted != (LEAVING,):
        raise accounts.DeviceStolen
    if LEAVING not in wanted:
        raise accounts.DeviceRevoked
    g._login_user, g.leaving = leaving.who, True
    return True


def _touch() -> None:
    if now() - who().seen_at > TOUCH_EVERY:
        with acting() as act:
            accounts.touch(act, token(), device=who().device)


def _refuse_foreign(csrf: CSRFProtect) -> None:
    """Unsafe methods come from our own pages: by the browser's word, and with a token or in a way forms cannot."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise ForeignRequest
    elif request.headers.get("Origin", request.host_url.rstrip("/")) != request.host_url.rstrip("/"):
        raise ForeignRequest
    if wants_json():
        # a form of another site can send neither JSON nor PUT without the browser asking first
        if request.method == "POST" and request.mimetype != "application/json":
            raise ForeignRequest
        return
    try:
        csrf.protect()
    except CSRFError as reason:
        raise ForeignRequest from reason
