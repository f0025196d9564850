"""The front door: log in and out at the desk, the first administrator, language and theme."""

from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from fieldbook import accounts, journal
from fieldbook.kernel import db
from fieldbook.web import confirming, doors, words
from fieldbook.web.doors import LOGIN, PUBLIC, acting, house, needs, network, now

bp = Blueprint("door", __name__)

THEME_COOKIE = "fieldbook-theme"
A_YEAR = 365 * 24 * 3600


@bp.get("/login")
@needs(PUBLIC)
def login() -> ResponseReturnValue:
    """The cover."""
    if current_user.is_authenticated:
        return redirect(local(request.args.get("next")))
    return _cover()


@bp.post("/login")
@needs(PUBLIC)
def log_in() -> ResponseReturnValue:
    """Begin a login session at the desk."""
    name, password = request.form.get("login", "").strip()[:64], request.form.get("password", "")[:256]
    try:
        if not doors.is_safe_to_log_in():
            raise doors.PlainHttp
        with journal.begin(db.session(), who=None, at=now()) as act:
            tried = accounts.try_login(act, name, network=network(), device=None)
        checked = accounts.check_login(tried, password)
        with journal.begin(db.session(), who=None, at=now()) as act:
            token = accounts.log_in(act, checked, device=None, address=network())
            if token is not None:
                doors.begin_afresh(act)
        if token is None:
            raise accounts.WrongLogin
    except (accounts.WrongLogin, accounts.TooManyTries, doors.PlainHttp) as refusal:
        page = _cover(said=words.sentence(refusal.sentence, refusal.facts), login=name)
        headers = {"Retry-After": str(refusal.facts["wait_seconds"])} if "wait_seconds" in refusal.facts else {}
        return page, refusal.status, headers
    answer = redirect(local(request.form.get("next")), 303)
    doors.set_cookie(answer, token, device=None)
    return answer


@bp.post("/confirm")
@needs(LOGIN, fresh=True)
def confirm() -> ResponseReturnValue:
    """Lead on to what was asked for, now that the door has seen the password."""
    there = local(request.form.get("next"))
    if not urlsplit(there).path.endswith((".xlsx", ".csv")):
        return redirect(there, 303)
    return render_template("login/confirmed.html", there=there, back=confirming.page_above(there))


@bp.post("/logout")
@needs(LOGIN)
def log_out() -> ResponseReturnValue:
    """End this login session."""
    with acting() as act:
        doors.begin_afresh(act)
    answer = redirect(url_for(".login"), 303)
    answer.delete_cookie(house().cookie, path="/", secure=house().secure, httponly=True, samesite="Lax")
    return answer


@bp.get("/setup/<token>")
@needs(PUBLIC)
def first(token: str) -> ResponseReturnValue:
    """The page that the one-time link opens."""
    if not accounts.first_door_is_open(db.session(), token):
        raise accounts.FirstDoorClosed
    return _first(token, {}, {})


@bp.post("/setup/<token>")
@needs(PUBLIC)
def make_first(token: str) -> ResponseReturnValue:
    """Make the first administrator and close the link."""
    typed = {name: request.form.get(name, "").strip()[:128] for name in ("name", "login", "password")}
    wrong = {name: words.sentence("这一栏要填。", {}) for name in ("name", "login") if not typed[name]}
    if not accounts.first_door_is_open(db.session(), token):
        raise accounts.FirstDoorClosed
    try:
        hashed = accounts.hash_password(typed["password"])
    except accounts.PasswordTooPlain as refusal:
        wrong["password"] = words.sentence(refusal.sentence, refusal.facts)
    if not wrong:
        try:
            with journal.begin(db.session(), who=None, at=now()) as act:
                accounts.make_first_administrator(act, token, accounts.FirstAdministrator(typed["name"][:40], typed["login"][:40], hashed))
            return redirect(url_for(".login"), 303)
        except accounts.LoginTaken as refusal:
            wrong["login"] = words.sentence(refusal.sentence, refusal.facts)
    return _first(token, typed, wrong), 422


@bp.post("/preferences")
@needs(PUBLIC)
def preferences() -> ResponseReturnValue:
    """Choose a language or a theme for this browser."""
    answer = redirect(local(request.form.get("back")), 303)
    language, theme = request.form.get("language"), request.form.get("theme")
    if language in words.LANGUAGES:
        answer.set_cookie(words.COOKIE, language, max_age=A_YEAR, secure=house().secure, httponly=True, samesite="Lax")
    if theme in ("light", "dark"):
        answer.set_cookie(THEME_COOKIE, theme, max_age=A_YEAR, secure=house().secure, httponly=True, samesite="Lax")
    elif theme == "system":
        answer.delete_cookie(THEME_COOKIE)
    return answer


def local(address: str | None) -> str:
    """A path of this site to go on to; anything else leads home."""
    try:
        parts = urlsplit(address or "")
    except ValueError:  # brackets that belong to no address
        return "/"
    is_local = not parts.scheme and not parts.netloc and parts.path.startswith("/") and not (address or "").startswith(("//", "/\\"))
    return address if address and is_local and "\\" not in address and "\n" not in address and "\r" not in address else "/"


def _cover(said: str = "", login: str = "") -> str:
    return render_template("login/login.html", action=url_for(".log_in"), next=request.values.get("next", ""), said=said, login=login)


def _first(token: str, typed: dict[str, str], wrong: dict[str, str]) -> str:
    return render_template("setup/first.html", action=url_for(".make_first", token=token), typed=typed, wrong=wrong)
