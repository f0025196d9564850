"""Filters: what a list's address asks for, and the chips, orders and pages that lead to another address of the same list."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import url_for
from werkzeug.datastructures import MultiDict

from fieldbook import findings, places
from fieldbook.findings import Filters, State

from .shown import Shown
from .words import _

#: no page lies beyond this one
LAST_PAGE = 100_000
LONGEST_SEARCH = 60

Pair = tuple[str, str]


@dataclass(frozen=True)
class Asked:
    """The fields of a list's address in a fixed order, so that the same wish always has the same address.

    fields: what narrows and orders the list; empty values are left out.
    selected: what is ticked; it goes along through orders and pages, as one field.
    """

    path: str
    fields: tuple[Pair, ...]
    page: int = 1
    selected: str = ""

    def pairs(self, *, without: Pair | None = None, leave: Collection[str] = ()) -> list[Pair]:
        """The fields again, without one value or without some names."""
        page = str(self.page) if self.page > 1 else ""
        every = (*self.fields, ("page", page), ("sel", self.selected))
        return [pair for pair in every if pair[1] and pair != without and pair[0] not in leave]

    def query(self, *, without: Pair | None = None, leave: Collection[str] = ()) -> str:
        """The same as a query."""
        return urlencode(self.pairs(without=without, leave=leave))

    def at(self, *, without: Pair | None = None, leave: Collection[str] = ()) -> str:
        """The same as an address."""
        query = self.query(without=without, leave=leave)
        return f"{self.path}?{query}" if query else self.path

    def asking(self, **wanted: str | Sequence[str]) -> "Asked":
        """The first page with these fields instead of those of the same names; an empty value leaves the field out."""
        kept = [pair for pair in self.fields if pair[0] not in wanted]
        given = [(name, value) for name, values in wanted.items() for value in ([values] if isinstance(values, str) else values)]
        return replace(self, fields=tuple(kept + given), page=1)

    def paging(self, *, shown: int, total: int, size: int) -> dict[str, Any]:
        """Which rows are shown, and the addresses of the pages before and after."""
        first = (self.page - 1) * size + 1
        last = first + shown - 1
        goes_on = last < total or (total == findings.MOST_COUNTED and shown == size)  # it may hold more than was counted
        return {
            "page": self.page,
            "total": total,
            "first": first,
            "last": last,
            "previous": replace(self, page=self.page - 1).at() if self.page > 1 and shown else None,
            "next": replace(self, page=self.page + 1).at() if goes_on and shown else None,
        }

    def chip(self, label: str, value: str, name: str, raw: str | None = None) -> dict[str, str]:
        """One condition with the address that is without it; without `raw`, without every value of the name."""
        leave = ("page", "sel") if raw is not None else ("page", "sel", name)
        return {"label": label, "value": value, "off": self.at(without=(name, raw) if raw is not None else None, leave=leave)}


def ids(texts: Sequence[str]) -> tuple[UUID, ...]:
    """Those of the texts that are ids."""
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return tuple(found)


def one_id(text: str | None) -> UUID | None:
    """The id that a text is, or None."""
    return next(iter(ids([text or ""])), None)


def codes(args: MultiDict[str, str], name: str) -> tuple[str, ...]:
    """The codes a field names, cut to what a code can be."""
    return tuple(code[:10] for code in args.getlist(name) if code)


def searched(args: MultiDict[str, str]) -> str:
    """What is searched for."""
    return args.get("q", "").replace("\x00", "")[:LONGEST_SEARCH].strip()


def one_of(args: MultiDict[str, str], name: str, known: Collection[str], usual: str) -> str:
    """The field's value when it is known, else the usual one."""
    value = args.get(name, usual)
    return value if value in known else usual


def page_of(args: MultiDict[str, str]) -> int:
    """Which page is asked for."""
    return min(max(args.get("page", 1, type=int) or 1, 1), LAST_PAGE)


# ---- the conditions that several lists share


def chips(asked: Asked, shown: Shown, *, zones: Sequence[UUID], kinds: Sequence[str], place: UUID | None, text: str) -> dict[str, list[dict[str, str]]]:
    """The chips of the conditions by name; several values of one name share a chip when their words are short enough."""
    told: dict[str, list[dict[str, str]]] = {"zone": [], "kind": [], "place": [], "q": []}
    if len(zones) > 2:
        codes_ = _("、").join(sorted((shown.areas[zone].code for zone in zones if zone in shown.areas), key=_by_number))
        told["zone"] = [asked.chip(_("责任区"), codes_ if len(zones) <= 8 else _("%(n)s 个", n=len(zones)), "zone")]
    else:
        told["zone"] = [asked.chip(_("责任区"), shown.zone(zone), "zone", str(zone)) for zone in zones]
    if len(kinds) > 3:
        told["kind"] = [asked.chip(_("任务对象"), _("%(n)s 类", n=len(kinds)), "kind")]
    else:
        told["kind"] = [asked.chip(_("任务对象"), _("没有归类") if kind == "none" else shown.kind_name(kind), "kind", kind) for kind in kinds]
    if place:
        found = places.places_by_id(shown.session, [place]).get(place)
        if found is not None and shown.standing.sees(found.zone_id, found.unit_id):
            told["place"] = [asked.chip(_("点位"), found.name, "place", str(place))]
    if text:
        told["q"] = [asked.chip(_("搜索"), text, "q", text)]
    return {name: [chip for chip in those if chip["value"]] for name, those in told.items()}


def _by_number(code: str) -> tuple[int, str]:
    return (int(code), "") if code.isdigit() else (1 << 30, code)


def choice(name: str, label: str, options: Sequence[Pair], taken: Collection[str] = ()) -> dict[str, Any]:
    """One condition that can be added; what stands there already is not offered again."""
    return {"name": name, "label": label, "options": [{"value": value, "word": word, "chosen": False} for value, word in options if value not in taken]}


def zone_choice(shown: Shown, taken: Sequence[UUID]) -> dict[str, Any]:
    """The zones the person sees."""
    zones = [zone for zone in places.zones(shown.session) if shown.standing.sees(zone.id)]
    return choice("zone", _("责任区"), [(str(zone.id), shown.zone(zone.id)) for zone in zones], {str(zone) for zone in taken})


def kind_choice(shown: Shown, taken: Sequence[str]) -> dict[str, Any]:
    """The kinds of the current manual."""
    kinds = shown.manual.kinds.values() if shown.manual else ()
    return choice("kind", _("任务对象"), [(kind.code, f"{kind.code} {kind.name(shown.language)}") for kind in kinds], taken)


# ---- findings: their list is asked for by several pages

#: the tabs, in order; `mine` only for people of a unit
VIEWS = ("open", "overdue", "today", "recurring", "returned", "deferred", "cleared")
#: lists that only the overview's figures lead to
COUNTED_VIEWS = ("all", "found", "dropped", "fallen_due", "closed_due", "closed_in_time", "sent_back", "came_back")
#: a finding's number without its letters, as a selection names it
_NUMBER = re.compile(r"\d{8}-\d{4,6}")
#: this many can be done at once
MOST_SELECTED = 200


@dataclass(frozen=True)
class FindingsAsked(Asked):
    """A list of findings: what it is narrowed to, and in which order."""

    filters: Filters = field(default_factory=Filters)
    sort: str = "due"


def asked_findings(args: MultiDict[str, str]) -> FindingsAsked:
    """What an address asks of the list of findings. Whatever is not known is left out."""
    view = args.get("view", "open")
    states = tuple(State(state) for state in args.getlist("state") if state in set(State))
    wanted = Filters(
        view=view if view in (*VIEWS, *COUNTED_VIEWS, "mine") else "open",
        states=tuple(dict.fromkeys(states)),
        zones=ids(args.getlist("zone")),
        kinds=codes(args, "kind"),
        units=ids(args.getlist("unit")),
        place=one_id(args.get("place")),
        criterion=args.get("criterion", "")[:10],
        text=searched(args),
        asks={"yes": True, "no": False}.get(args.get("asks", "")),
    )
    sort = one_of(args, "sort", findings.SORTS, "due")
    fields = (
        ("view", wanted.view if wanted.view != "open" else ""),
        *(("state", state.value) for state in wanted.states),
        *(("zone", str(zone)) for zone in wanted.zones),
        *(("kind", kind) for kind in wanted.kinds),
        *(("unit", str(unit)) for unit in wanted.units),
        ("place", str(wanted.place or "")),
        ("criterion", wanted.criterion),
        ("asks", "" if wanted.asks is None else "yes" if wanted.asks else "no"),
        ("q", wanted.text),
        ("sort", sort if sort != "due" else ""),
    )
    return FindingsAsked(url_for("findings.index"), fields, page_of(args), packed(selected(args)), wanted, sort)


def selected(args: MultiDict[str, str]) -> tuple[str, ...]:
    """The numbers of the findings that are ticked, each once, in the order given."""
    short = (one for field in args.getlist("sel") for one in field.split("."))
    return tuple(dict.fromkeys(f"CW-{one}" for one in short if _NUMBER.fullmatch(one)))[:MOST_SELECTED]


def packed(numbers: Sequence[str]) -> str:
    """Numbers as one field."""
    return ".".join(number.removeprefix("CW-") for number in numbers)
