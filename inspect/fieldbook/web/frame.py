"""The frame around every page: the rail with what is the person's, the county, the language and the theme."""

from dataclasses import dataclass
from functools import cached_property

from flask import Flask, g, request, url_for
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from fieldbook import accounts, findings, messages, places, review, sync
from fieldbook.accounts import Duty, Identity
from fieldbook.kernel import county, db

from . import doors, formats, importing, words
from .words import _

THEME_COOKIE = "fieldbook-theme"

#: whom a page serves; findings are everybody's
OVERVIEW = (Duty.ADMINISTRATOR, Duty.HEADQUARTERS, Duty.DISPATCHER, Duty.REVIEWER, Duty.INSPECTOR, Duty.AUDITOR)
REVIEWS = (Duty.REVIEWER, Duty.HEADQUARTERS)
VISITS = OVERVIEW
MANUAL_EDITS = (Duty.ADMINISTRATOR, Duty.HEADQUARTERS)
PLACES = OVERVIEW
PEOPLE = (Duty.ADMINISTRATOR, Duty.HEADQUARTERS, Duty.DISPATCHER, Duty.AUDITOR)
PEOPLE_CHANGES = (Duty.ADMINISTRATOR, Duty.HEADQUARTERS)
DISPATCHES = findings.DISPATCHES
SETTINGS = (Duty.ADMINISTRATOR, Duty.HEADQUARTERS, Duty.AUDITOR)


@dataclass(frozen=True)
class Item:
    """One line of the rail."""

    key: str
    word: str
    href: str
    count: int | None = None


class Frame:
    """What the templates know as `frame`. Counted only when it is written."""

    @property
    def english(self) -> bool:
        return words.language() == "en"

    @property
    def sep(self) -> str:
        """What stands between two facts of a line."""
        return words.separator(words.language())

    @property
    def theme(self) -> str:
        chosen = request.cookies.get(THEME_COOKIE, "")
        return chosen if chosen in ("light", "dark") else ""

    @property
    def county_name(self) -> str:
        """The county's own name, as the photos' stamps carry it."""
        name, name_en = doors.county_names()
        return name_en or name if self.english else name

    @property
    def county(self) -> str:
        """The name under the book's title."""
        return self.county_name if self.english else _("%(county)s创城办", county=self.county_name)

    @property
    def demo(self) -> bool:
        return doors.house().settings.demo

    @property
    def identity(self) -> Identity | None:
        return doors.who() if current_user and current_user.is_authenticated else None

    @property
    def person(self) -> str:
        return self.identity.name if self.identity else ""

    @cached_property
    def post(self) -> str:
        """What the person is here: where, and with which duties."""
        if self.identity is None or not self.identity.posts:
            return ""
        post = self.identity.posts[0]
        where = ""
        if post.unit_id:
            where = formats.in_language(accounts.unit_names(db.session(), [post.unit_id]).get(post.unit_id))
        elif post.area_id:
            where = formats.in_language(places.area_names(db.session()).get(post.area_id))
        duties = _("、").join(dict.fromkeys(duty_word(one.duty) for one in self.identity.posts if (one.area_id, one.unit_id) == (post.area_id, post.unit_id)))
        return " · ".join(part for part in (where, duties) if part)

    @property
    def preferences(self) -> str:
        return url_for("door.preferences")

    @property
    def log_out(self) -> str:
        return url_for("door.log_out")

    @property
    def home(self) -> str:
        return url_for("home.home")

    @property
    def back(self) -> str:
        """Where choosing a language leads back to."""
        return request.full_path.rstrip("?") if request.method == "GET" else self.home

    @cached_property
    def rail(self) -> list[list[Item]]:
        """The pages that exist for this person, in groups, with what waits; empty when nobody is logged in."""
        if self.identity is None:
            return []
        try:
            return [group for group in self._rail(self.identity) if group]
        except SQLAlchemyError:  # an error page must still come out when the database is what went wrong
            return []

    @cached_property
    def jobs(self) -> list[dict[str, str]]:
        """The person's long work that is being done: an import can be left, and is found again from any page."""
        try:
            return importing.running(self.identity.id) if self.identity else []
        except SQLAlchemyError:
            return []

    @property
    def jobs_href(self) -> str:
        return url_for("imports.running")

    def _rail(self, person: Identity) -> list[list[Item]]:
        session, standing = db.session(), doors.standing()
        work = [Item("findings", _("问题"), url_for("findings.index"), findings.count_open(session, standing))]
        if person.has(*DISPATCHES):
            work.insert(0, Item("dispatch", _("交办"), url_for("dispatch.show"), findings.heap_counts(session, standing, now=doors.now(), names=["to_assign"])["to_assign"]))
        if person.has(*REVIEWS):
            work.insert(0, Item("review", _("复核"), url_for("review.show"), review.count_ready(session, standing)))
        return [
            [Item("overview", _("总览"), url_for("overview.show"))] if person.has(*OVERVIEW) else [],
            work,
            [
                *([Item("places", _("点位\u200b"), url_for("places.index"))] if person.has(*PLACES) else []),
                *([Item("visits", _("检查"), url_for("visits.index"))] if person.has(*VISITS) else []),
                Item("manual", _("标准"), url_for("manual.index")),
            ],
            [
                *([Item("people", _("人员"), url_for("people.index"), sync.count_held(session, standing) or None)] if person.has(*PEOPLE) else []),
                *([Item("settings", _("设置"), url_for("settings.show"))] if person.has(*SETTINGS) else []),
                *([Item("setup", _("起步"), url_for("setup.show"))] if standing.may_everywhere(Duty.ADMINISTRATOR) and not self.demo and not county(session).set_up else []),
                Item("notices", _("消息"), url_for("notices.index"), sum(messages.unread(session, standing).values()) or None),
            ],
        ]


def duty_word(duty: Duty) -> str:
    """A duty as people call it."""
    return {
        Duty.ADMINISTRATOR: _("管理员"),
        Duty.HEADQUARTERS: _("指挥部"),
        Duty.DISPATCHER: _("调度"),
        Duty.INSPECTOR: _("巡查"),
        Duty.RECTIFIER: _("整改"),
        Duty.REVIEWER: _("复核"),
        Duty.AUDITOR: _("审计"),
    }[duty]


def _frame() -> Frame:
    if "frame" not in g:
        g.frame = Frame()
    return g.frame  # type: ignore[no-any-return]


def install(app: Flask) -> None:
    """Give every template its frame and its ways of writing dates and figures."""
    formats.install(app)

    @app.context_processor
    def give() -> dict[str, Frame]:
        return {"frame": _frame()}
