"""People as the desk shows them: their posts in words, their phones, and whom the person at the desk may see and change."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from fieldbook import accounts, places
from fieldbook.accounts import Duty, PersonSeen, Phone, Post
from fieldbook.places import Level, Standing

from . import formats
from .frame import duty_word
from .shown import Shown
from .words import _

#: unsent work older than this is looked after
STALE = timedelta(hours=12)

#: the order in which duties are offered
DUTIES = (Duty.INSPECTOR, Duty.RECTIFIER, Duty.REVIEWER, Duty.DISPATCHER, Duty.HEADQUARTERS, Duty.AUDITOR, Duty.ADMINISTRATOR)


@dataclass
class Roll:
    """Everybody whom the person at the desk sees, and the words for their posts."""

    session: Session
    standing: Standing
    now: datetime
    shown: Shown = field(init=False)
    units: dict[UUID, accounts.UnitKnown] = field(init=False)
    below: dict[UUID, frozenset[UUID]] = field(init=False)

    def __post_init__(self) -> None:
        self.shown = Shown(self.session, self.standing, self.now)
        self.units = {unit.id: unit for unit in [*accounts.units(self.session), *accounts.units(self.session, closed=True)]}
        self.below = places.zones_below(self.session)

    # ---- whom one sees and may change

    def sees(self, seen: PersonSeen) -> bool:
        """Whether a post of theirs reaches into the scope of the person at the desk, or it is that person."""
        if self.standing.sees_everything or seen.person.id == self.standing.person:
            return True
        keys = self.standing.keys
        return any(post.unit_id in keys or not keys.isdisjoint(self.below.get(post.area_id, ()) if post.area_id else ()) for post in seen.posts)

    def everybody(self) -> list[PersonSeen]:
        """Whom the person at the desk sees, by name."""
        return [seen for seen in accounts.people(self.session) if self.sees(seen)]

    def one(self, person_id: UUID) -> PersonSeen:
        """One of them. Raises NoSuchPerson, also for one who is not seen."""
        found = accounts.people(self.session, [person_id])
        if not found or not self.sees(found[0]):
            raise accounts.NoSuchPerson(person=person_id)
        return found[0]

    @property
    def administers(self) -> bool:
        return self.standing.may(Duty.ADMINISTRATOR)

    @property
    def keeps(self) -> bool:
        """Whether the person at the desk keeps the register of people: an administrator, or the whole county's headquarters."""
        return self.administers or self.standing.may(Duty.HEADQUARTERS)

    def may_change(self, seen: PersonSeen) -> bool:
        """Whether they may change this one: an administrator is changed by administrators only."""
        return self.administers or (self.keeps and not seen.administers())

    def require(self, seen: PersonSeen | None = None) -> None:
        """Raise NotYourDuty unless the person at the desk may change people, and this one."""
        if not self.keeps or (seen is not None and not self.may_change(seen)):
            raise accounts.NotYourDuty

    def duties(self) -> tuple[Duty, ...]:
        """The duties they may give."""
        return DUTIES if self.administers else tuple(duty for duty in DUTIES if duty is not Duty.ADMINISTRATOR)

    # ---- words

    def where(self, post: Post) -> str:
        """Where a post holds: 第 9 责任区 桃园, a district, the whole county, or a unit."""
        area = self.shown.areas.get(post.area_id) if post.area_id else None
        if area is not None:
            return self.shown.long_zone(area.id) if area.level == Level.ZONE else formats.in_language(area)
        return self.unit(post.unit_id) if post.unit_id else _("全县")

    def unit(self, unit_id: UUID | None) -> str:
        """A unit's name."""
        return formats.in_language(self.units.get(unit_id)) if unit_id else ""

    def lines(self, posts: Sequence[Post]) -> list[tuple[str, str]]:
        """(duty, where) of a person's posts, one line a duty: 巡查 第 3、6 责任区."""
        by_duty: dict[Duty, list[Post]] = defaultdict(list)
        for post in posts:
            by_duty[Duty(post.duty)].append(post)
        told = []
        for duty in DUTIES:
            held = by_duty.get(duty, [])
            zones = [self.shown.areas[post.area_id].code for post in held if post.area_id in self.shown.areas and self.shown.areas[post.area_id].level == Level.ZONE]
            if len(zones) == len(held) > 1:
                codes = _("、").join(sorted(zones, key=lambda code: (not code.isdigit(), int(code) if code.isdigit() else 0, code)))
                told.append((duty_word(duty), _("第 %(codes)s 责任区", codes=codes)))
            elif held:
                told.append((duty_word(duty), _("、").join(dict.fromkeys(self.where(post) for post in held))))
        return told

    def belongs(self, seen: PersonSeen) -> str:
        """What stands below a name: the unit, else where the first post holds."""
        unit = next((post.unit_id for post in seen.posts if post.unit_id), None)
        if unit:
            return self.unit(unit)
        return self.where(seen.posts[0]) if seen.posts else _("还没有岗位")

    def contact(self, seen: PersonSeen) -> str:
        """How they are reached, masked for everybody who does not keep the register."""
        return seen.person.contact if self.may_change(seen) else formats.masked(seen.person.contact)

    def row(self, seen: PersonSeen) -> dict[str, Any]:
        """One line of the list."""
        phone = seen.phones[0] if seen.phones else None
        since = seen.unsent_since
        return {
            "id": seen.person.id,
            "name": seen.person.name,
            "login": seen.person.login,
            "disabled": seen.person.disabled_at is not None,
            "belongs": self.belongs(seen),
            "contact": formats.masked(seen.person.contact),
            "posts": self.lines(seen.posts),
            "phone": self.phone_name(phone) if phone else "",
            "phone_state": self.phone_state(phone) if phone else "",
            "more_phones": max(len(seen.phones) - 1, 0),
            "unsent": seen.unsent,
            "photos": seen.unsent_photos,
            "since": since,
            "stale": since is not None and self.now - since > STALE,
            "hours": int((self.now - since).total_seconds() // 3600) if since else 0,
            "seen_at": seen.seen_at,
        }

    def phone_name(self, phone: Phone) -> str:
        """What a phone calls itself."""
        return phone.name or _("没有名称的手机")

    def phone_state(self, phone: Phone) -> str:
        """What has become of a phone; empty while it is in use."""
        if phone.wiped_at is not None:
            return _("已清空")
        if phone.stolen_at is not None:
            return _("已报失，等它连上就清空")
        if phone.revoked_at is not None:
            return _("已停用，等它交完再清空")
        return ""
