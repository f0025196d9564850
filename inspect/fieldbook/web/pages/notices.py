"""消息: what is new for a person, one line a thing; and the digest, text to copy into a message group."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldbook import findings, messages
from fieldbook.kernel import db
from fieldbook.messages import Kind

from .. import doors
from ..doors import LOGIN, needs, now, standing, who
from ..formats import long_moment
from ..frame import OVERVIEW
from ..shown import Shown
from ..words import _

bp = Blueprint("notices", __name__)


@bp.get("/notices")
@needs(LOGIN)
def index() -> ResponseReturnValue:
    """The inbox, newest first; `kind` narrows it to one kind."""
    session, at = db.session(), now()
    shown = Shown(session, standing(), at)
    told = messages.inbox(session, standing())
    kind = request.args.get("kind", "")
    lines = [
        {
            "kind": kind_word(one.kind),
            "tone": TONES.get(one.kind, ""),
            "at": one.at,
            "unread": one.unread,
            "number": one.finding.number,
            "title": findings.title(session, one.finding, shown.language),
            "state": one.finding.state,
            "unit": shown.unit(one.finding.unit_id),
            "due": shown.due(one.finding),
            "until": one.finding.due_at,
            "href": url_for("findings.show", finding_id=one.finding.id),
        }
        for one in told
        if kind in ("", one.kind)
    ]
    new = messages.unread(session, standing())
    tabs: list[dict[str, Any]] = [{"href": url_for(".index"), "word": _("全部"), "count": sum(new.values()), "here": not kind}]
    tabs += [{"href": url_for(".index", kind=one), "word": kind_word(one), "count": count, "here": kind == one} for one, count in new.items()]
    return render_template("notices/inbox.html", here="notices", lines=lines, tabs=tabs, newest=max((one.seq for one in told), default=0), unread=sum(new.values()), may_digest=who().has(*OVERVIEW))


@bp.post("/notices/read")
@needs(LOGIN)
def read() -> ResponseReturnValue:
    """Note that all notices up to the newest shown were seen."""
    seq = request.form.get("seq", "")
    if seq.isascii() and seq.isdigit() and len(seq) < 16:
        messages.mark_read(db.session(), who().id, int(seq))
    return redirect(url_for(".index"), 303)


@bp.get("/notices/digest")
@needs(*OVERVIEW)
def digest() -> ResponseReturnValue:
    """What the person's area looks like now, as text for a message group."""
    told = messages.digest(db.session(), standing(), now())
    county, _en = doors.county_names()
    lines = [
        _("【巡查簿】%(county)s %(at)s", county=county, at=long_moment(now())),
        _("未销 %(open)s 件，其中超期 %(overdue)s 件，今日到期 %(today)s 件。", open=told.open, overdue=told.overdue, today=told.due_today),
        _("待审核和待交办 %(n)s 件，待复核 %(m)s 件，退回重办 %(k)s 件，反弹 %(r)s 件。", n=told.to_assign, m=told.to_review, k=told.returned, r=told.recurring),
    ]
    if home := doors.origin():
        lines.append(_("详见 %(address)s", address=home + url_for("findings.index", view="overdue")))
    return render_template("notices/digest.html", here="notices", lines=lines)


TONES = {Kind.OVERDUE: " fail", Kind.RETURNED: " fail", Kind.SUPERVISED: " fail", Kind.DUE_TOMORROW: " soon", Kind.URGED: " soon", Kind.NEW_DUE: " soon", Kind.ANSWERED: " pass", Kind.TO_REVIEW: " info"}


def kind_word(kind: Kind) -> str:
    """What a notice says, in a word."""
    return {
        Kind.NEW_WORK: _("新交办"),
        Kind.RETURNED: _("退回重办"),
        Kind.DUE_TOMORROW: _("快到期"),
        Kind.OVERDUE: _("已超期"),
        Kind.SUPERVISED: _("督办"),
        Kind.URGED: _("催办"),
        Kind.NEW_DUE: _("改期限"),
        Kind.ANSWERED: _("有答复"),
        Kind.TO_REVIEW: _("等复核"),
        Kind.TO_DECIDE: _("等决定"),
    }[kind]


