"""The demo county 示例县: 607 places, 63 units, their people, and four weeks of work that end now. All invented.

Everything goes through the same commands as real work, with the times it would have had.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from random import Random

from flask import Flask
from sqlalchemy.orm import Session

from fieldbook import accounts, findings, journal, messages, standards
from fieldbook.kernel import Settings, db, utcnow
from fieldbook.places import Standing, standing_of

from ..furnish import furnish
from . import people
from . import places as county
from .history import Deed, Plan
from .people import LOGINS, PASSWORD
from .pictures import Album, Darkroom
from .places import demo_id

__all__ = ["LOGINS", "PASSWORD", "fill"]

#: unread notices that a first login finds at most
NEW_NOTICES = 6
#: how long before now the county is set up
LEAD = timedelta(days=30)


def fill(app: Flask, *, seed: int = 20250616, now: datetime | None = None) -> None:
    """Fill an empty, migrated database with the demo county. The same seed and `now` give the same county.

    now: where the four weeks end; the present moment by default. Takes about half a minute.
    """
    settings: Settings = app.extensions["fieldbook"].settings
    now = (now or utcnow()).replace(microsecond=0)
    dice = Random(seed)  # noqa: S311 invented data, the same each time
    with app.app_context(), _in_haste():
        session = db.session()
        register = county.read_register()
        with journal.begin(session, who=None, at=now - LEAD) as act:
            if standards.current_manual(act.session) is None:
                furnish(act)
            county.enter(act, register, county=settings.county, county_en=settings.county_en)
            people.enter(act, register, dice)
        manual = standards.current_manual(session)
        assert manual is not None
        album = Album()
        plan = Plan(
            dice=dice,
            now=now,
            calendar=findings.calendar(session),
            manual=manual,
            spots=register.spots(),
            staff=people.staff(register),
            album=album,
        )
        deeds = plan.make()
        with Darkroom(album, settings.photos) as darkroom:
            _carry_out(session, deeds, darkroom)
        for login, hours, unsent, photos in (("chen", 15, 9, 24), ("yi", 3, 4, 11), ("qiao", 1, 2, 5)):
            with journal.begin(session, who=demo_id("person", login), at=now - timedelta(hours=hours), device=demo_id("phone", login)) as act:
                accounts.note_unsent(act, demo_id("phone", login), unsent, photos=photos)
        _leave_a_handful(session, now)


def _leave_a_handful(session: Session, now: datetime) -> None:
    """Let everybody have read their notices but for the newest few: four weeks of them would bury what is new."""
    while messages.follow(session):
        pass
    messages.remind(session, now)
    for login in dict.fromkeys(login for login, *_rest in (*people.CAST, *LOGINS)):
        who = demo_id("person", login)
        told = messages.inbox(session, standing_of(session, who, accounts.posts_of(session, who)), limit=NEW_NOTICES + 1)
        session.rollback()
        if len(told) > NEW_NOTICES:
            messages.mark_read(session, who, told[-1].seq)


@contextmanager
def _in_haste() -> Iterator[None]:
    """Let SQLite not wait for the disk: a fill cut short is thrown away and begun anew."""

    def say(pragma: str) -> None:
        if db.engine.dialect.name == "sqlite":
            raw = db.engine.raw_connection()
            raw.cursor().execute(pragma)
            raw.close()

    say("PRAGMA synchronous=OFF")
    try:
        yield
    finally:
        db.session.remove()
        say("PRAGMA synchronous=FULL")


def _carry_out(session: Session, deeds: list[Deed], darkroom: Darkroom) -> None:
    """Do what is planned, in order of time: deeds, and the arrival of their photos."""
    standings: dict[str, Standing] = {}
    steps = sorted(
        [(deed.at, deed.number, deed, False) for deed in deeds] + [(deed.arrive_at, deed.number, deed, True) for deed in deeds if deed.arrive_at],
        key=lambda step: step[:2],
    )
    for at, _, deed, arrives in steps:
        who = demo_id("person", deed.who)
        device = demo_id("phone", deed.who) if deed.shots else None
        if arrives:
            darkroom.arrive(session, deed.shots, who=who, device=device, at=at)
            continue
        if deed.who not in standings:
            standings[deed.who] = standing_of(session, who, accounts.posts_of(session, who))
        with journal.begin(session, who=who, at=at, device=device) as act:
            deed.do(act, standings[deed.who])
