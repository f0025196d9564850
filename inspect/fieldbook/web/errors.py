"""Errors: one place that answers what was refused or went wrong, as a page or as JSON, never with a trace."""

import logging
import secrets
from typing import Any

from flask import Flask, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import AnonymousUserMixin, current_user
from markupsafe import escape
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from fieldbook import accounts, sync
from fieldbook.kernel import Busy, Refusal, db

from . import confirming, doors, words
from .words import _

log = logging.getLogger(__name__)

#: headers of a wrong request's answer that say what would be right
KEPT = ("Allow", "Content-Range", "Retry-After")

#: seconds after which a busy server is worth asking again
RETRY_SECONDS = 5


def install(app: Flask) -> None:
    """Answer refusals, wrong requests and faults."""
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(HTTPException, unhandled)
    app.register_error_handler(Exception, fault)


def refused(refusal: Refusal) -> ResponseReturnValue:
    """A rule said no: its sentence, in the person's language."""
    db.session.rollback()
    _settle_who()
    answer = _answer(refusal.status, refusal.code, words.sentence(refusal.sentence, refusal.facts))
    if g.get("confirming") and not doors.wants_json():
        answer = confirming.page(words.sentence(refusal.sentence, refusal.facts) if not isinstance(refusal, doors.ConfirmNeeded) else ""), refusal.status
    wait = refusal.facts.get("wait_seconds") or (RETRY_SECONDS if refusal.status == 503 else None)
    if isinstance(refusal, accounts.DeviceStolen):
        # whoever holds it now has no reason to let the app empty itself; a browser does it without being asked. The cookie stays, good
        # for one thing only: by it the phone says that it is empty, and loses it in the answer to that.
        return (*answer, {"Clear-Site-Data": '"cache", "storage"'})
    return (*answer, {"Retry-After": str(wait)}) if wait else answer


def unhandled(wrong: HTTPException) -> ResponseReturnValue:
    """The request itself is wrong: no such page, wrong method, too large, not what a form sends."""
    status = wrong.code or 500
    if 300 <= status < 400:
        return wrong
    _settle_who()
    sentences = {
        404: _("没有找到这一页。可能网址抄错了，或内容已调整到别处。"),
        405: _("这个网址不能这样打开。请从页面上的按钮进入。"),
        413: _("内容太大，没有收下。请减少照片或分几次提交，已填的内容都在。"),
        408: _("网络太慢，内容没有收全，什么也没有保存。请再试一次。"),
        507: _("服务器存储空间不足，这一次没有收下。内容都还在，请稍后再试，并告诉管理员。"),
    }
    answer = _answer(status, f"web.http_{status}", sentences.get(status, _("这个请求看不懂，什么也没有改动。请返回重试。")))
    return (*answer, [(name, value) for name, value in wrong.get_headers(request.environ) if name in KEPT])


def fault(reason: Exception) -> ResponseReturnValue:
    """Our own fault: kept in the log under a number that the person can quote."""
    db.session.rollback()
    _settle_who()
    if isinstance(reason, SQLAlchemyError) and "timeout" in str(reason).lower():
        return refused(Busy())
    reference = secrets.token_hex(4)
    log.error("fault %s at %s %s", reference, request.method, request.path, exc_info=reason)
    return _answer(500, "web.fault", _("系统出了故障，这一步没有做成。已保存的内容没有丢，请稍后再试，或把编号告诉管理员。"), reference)


def _settle_who() -> None:
    """When the database is what failed, nobody can say who asks; the answer must come out all the same."""
    try:
        bool(current_user)
    except SQLAlchemyError:
        db.session.rollback()
        g._login_user = AnonymousUserMixin()


def _answer(status: int, code: str, message: str, reference: str | None = None) -> tuple[Any, int]:
    if doors.wants_json():
        try:
            epoch = sync.epoch(db.session())[0]
        except SQLAlchemyError:
            epoch = ""
        return {"epoch": epoch, "code": code, "message": message, "request_id": reference or secrets.token_hex(4)}, status
    titles = {401: _("请重新登录"), 403: _("不在您的职责内"), 404: _("没有找到"), 409: _("状态刚有变化"), 429: _("请稍候"), 500: _("系统出了故障"), 503: _("系统正忙")}
    title = titles.get(status, _("这一步没有做成"))
    try:
        page = render_template(
            "errors/error.html",
            status=status,
            code=code,
            title=title,
            what=message,
            kept=None,
            reference=reference,
            again=request.full_path.rstrip("?") if status in (429, 500, 503) and request.method == "GET" else None,
            back="/",
            back_word=_("回总览") if current_user and current_user.is_authenticated else _("回首页"),
        )
    except Exception:
        log.exception("the page for %s failed at %s %s", status, request.method, request.path)
        lang = "en" if words.language() == "en" else "zh-CN"
        said = "".join(f"<p>{escape(part)}</p>" for part in (message, reference) if part)
        page = f'<!doctype html>\n<html lang="{lang}"><meta charset="utf-8"><title>{escape(title)}</title><h1>{escape(title)}</h1>{said}<p><a href="/">{escape(_("回首页"))}</a></p></html>\n'
    return page, status
