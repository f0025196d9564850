"""The door of a one-time link at a desk: one types the code of a slip, then chooses a password."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldbook import accounts
from fieldbook.kernel import Refusal, db

from .. import doors, words
from ..doors import PUBLIC, acting, needs, now
from ..words import _

bp = Blueprint("entering", __name__)


@bp.get("/enter")
@needs(PUBLIC)
def show() -> ResponseReturnValue:
    """The code and the password, on one page: the code never stands in an address."""
    return _page({}, {})


@bp.post("/enter")
@needs(PUBLIC)
def choose() -> ResponseReturnValue:
    """Choose a password by the code of a slip, then log in with it."""
    code, password = request.form.get("code", "").strip()[:64], request.form.get("password", "")[:256]
    wrong: dict[str, str] = {}
    try:
        if not doors.is_safe_to_log_in():
            raise doors.PlainHttp
        if accounts.link_holder(db.session(), code, now()) is None:
            raise accounts.LinkClosed
        hashed = accounts.hash_password(password)
        with acting() as act:
            accounts.set_password_by_link(act, code, hashed)
            doors.begin_afresh(act)
    except accounts.PasswordTooPlain as refusal:
        wrong["password"] = _said(refusal)
    except (accounts.LinkClosed, doors.PlainHttp) as refusal:
        wrong["code"] = _said(refusal)
    if wrong:
        db.session.rollback()
        return _page({"code": code}, wrong), 422
    return redirect(url_for("door.login"), 303)


def _said(refusal: Refusal) -> str:
    return words.sentence(refusal.sentence, refusal.facts)


def _page(typed: dict[str, str], wrong: dict[str, str]) -> str:
    return render_template("people/enter.html", action=url_for(".choose"), typed=typed, wrong=wrong, title=_("第一次登录，或重设密码"))
