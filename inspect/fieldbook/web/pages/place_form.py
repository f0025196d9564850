"""点位: the form in which a place is entered and changed; a position may come from any Chinese map."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fieldbook import accounts, evidence, findings, places, reports, standards
from fieldbook.kernel import Refusal, county, db
from fieldbook.places import Datum, Place

from .. import filters, formats, words
from ..doors import acting, needs, now, standing
from ..shown import Shown
from ..words import _
from .place import CHANGES, datum_word, href_of, lead_of, may_change_it
from .place import bp as bp

#: a position further than this from every other place of the county is looked at twice
FAR_KM = 30


@bp.get("/places/new")
@needs(*CHANGES)
def make() -> ResponseReturnValue:
    """The form of a new place; what the address gives is filled in."""
    typed = {"zone": request.args.get("zone", ""), "datum": Datum.WGS84.value, "code": request.args.get("code", "")[:30]}
    return _form(None, typed, request.args.getlist("kind"))


@bp.post("/places/new")
@needs(*CHANGES)
def make_done() -> ResponseReturnValue:
    """Enter the place, or show what its position becomes, or say what is wrong with what was typed."""
    return _save(None)


@bp.get("/places/<uuid:place_id>/edit")
@needs(*CHANGES)
def change(place_id: UUID) -> ResponseReturnValue:
    """The form of a place as it stands."""
    place = reports.place_in(db.session(), standing(), place_id)
    if not may_change_it(place):
        raise accounts.NotYourDuty
    given = places.written(place.given_lat_e7, place.given_lon_e7) if place.given_lat_e7 is not None and place.given_lon_e7 is not None else ""
    typed = {
        "code": place.code,
        "name": place.name,
        "initials": place.initials,
        "address": place.address,
        "zone": str(place.zone_id),
        "unit": str(place.unit_id or ""),
        **{name: getattr(place, name) for name in MORE},
        "position": given,
        "datum": str(place.datum),
        "version": str(place.version),
    }
    return _form(place, typed, places.kinds_of(db.session(), [place_id]).get(place_id, []))


@bp.post("/places/<uuid:place_id>/edit")
@needs(*CHANGES)
def change_done(place_id: UUID) -> ResponseReturnValue:
    """Keep what was changed; open findings follow a place to another zone."""
    return _save(reports.place_in(db.session(), standing(), place_id))


#: names of the form's texts and how long they may be
TEXTS = places.TEXTS | {"position": 80}
#: what the list says besides: who looks after it, who is spoken to, how large, how often
MORE = ("lead", "partner", "leader", "contact", "phone", "extent", "frequency", "note")
#: refusal -> the field it is about
ABOUT: dict[type[Refusal], str] = {
    places.CodeTaken: "code",
    places.NameMissing: "name",
    places.KindMissing: "kinds",
    places.UnknownKind: "kinds",
    places.NoSuchArea: "zone",
    places.PositionUnclear: "position",
    accounts.NoSuchUnit: "unit",
}


def _save(place: Place | None) -> ResponseReturnValue:
    form = request.form
    typed = {name: form.get(name, "").strip()[:longest] for name, longest in TEXTS.items()}
    typed |= {name: form.get(name, "")[:40] for name in ("zone", "unit", "datum", "version")}
    kinds = [kind[:10] for kind in form.getlist("kind")]
    place_id = place.id if place else None
    if form.get("step") == "convert":
        return _form(place, typed, kinds, looked=True)
    try:
        spot, datum = _spot(typed)
        zone = filters.one_id(typed["zone"])
        if not typed["code"]:
            raise places.NameMissing
        if zone is None:
            raise places.NoSuchArea(area="")
        told = {name: typed[name] for name in places.TEXTS} | {"zone_id": zone, "unit_id": filters.one_id(typed["unit"]), "kinds": kinds}
        with acting() as act:
            if place_id is None:
                lat, lon = spot or (None, None)
                made = places.make_place(act, standing=standing(), lat_e7=lat, lon_e7=lon, datum=datum, **told)  # type: ignore[arg-type]
                place_id = made.id
            else:
                unchanged = _is_as_given(place_id, spot, datum)
                findings.change_place(
                    act,
                    standing(),
                    place_id,
                    version=int(typed["version"]) if typed["version"].isdecimal() else None,
                    position=(*spot, datum) if spot and not unchanged else None,
                    without_position=spot is None,
                    **told,
                )
    except Refusal as refusal:
        db.session.rollback()
        if isinstance(refusal, places.NoSuchPlace | accounts.NotYourDuty):
            raise
        again = places.places_by_id(db.session(), [place_id]).get(place_id) if place_id else None
        field_name = ABOUT.get(type(refusal), "")
        if isinstance(refusal, places.NameMissing) and not typed["code"]:
            field_name = "code"
        if isinstance(refusal, places.ChangedMeanwhile) and again is not None:
            typed["version"] = str(again.version)
        return _form(again, typed, kinds, wrong={field_name: words.sentence(refusal.sentence, refusal.facts)}, status=409 if refusal.status == 409 else 422)
    return redirect(url_for(".show", place_id=place_id), 303)


def _spot(typed: dict[str, str]) -> tuple[tuple[int, int] | None, Datum]:
    """What was typed as a position, as it was given. Raises PositionUnclear."""
    datum = Datum(typed["datum"]) if typed["datum"] in set(Datum) else Datum.WGS84
    if not typed["position"]:
        return None, datum
    spot = places.read_position(typed["position"])
    if spot is None:
        raise places.PositionUnclear
    return spot, datum


def _is_as_given(place_id: UUID, spot: tuple[int, int] | None, datum: Datum) -> bool:
    """Whether the position stands as the form showed it, rounded to a decimetre: then it was not touched."""
    place = places.place(db.session(), place_id)
    if spot is None or place.given_lat_e7 is None or place.given_lon_e7 is None:
        return False
    return place.datum == datum and places.written(*spot) == places.written(place.given_lat_e7, place.given_lon_e7)


def _form(
    place: Place | None, typed: dict[str, str], kinds: Sequence[str], *, wrong: dict[str, str] | None = None, looked: bool = False, status: int = 200
) -> ResponseReturnValue:
    session = db.session()
    shown = Shown(session, standing(), now())
    spot, unclear = None, ""
    if typed.get("position"):
        spot = places.read_position(typed["position"])
        unclear = words.sentence(places.PositionUnclear.sentence, {}) if spot is None else ""
    wrong = dict(wrong or {})
    if looked and unclear:
        wrong["position"] = unclear
    title = _("改资料") if place else _("新增点位")
    page = render_template(
        "places/form.html",
        here="places",
        title=title,
        name=place.name if place else "",
        action=url_for(".change", place_id=place.id) if place else url_for(".make"),
        back=href_of(place) if place else url_for(".index"),
        typed=typed,
        wrong=wrong,
        converted=_converted(spot, Datum(typed["datum"]) if typed.get("datum") in set(Datum) else Datum.WGS84, place, shown) if spot else "",
        zones=[
            {"id": str(zone.id), "word": shown.long_zone(zone.id), "chosen": str(zone.id) == typed.get("zone")}
            for zone in places.zones(session)
            if any(standing().may(duty, zone=zone.id) for duty in CHANGES)
        ],
        units=[{"id": str(unit.id), "word": formats.in_language(unit), "chosen": str(unit.id) == typed.get("unit")} for unit in accounts.units(session)],
        leads=sorted({lead_of(kind, shown) for kind in (shown.manual.kinds if shown.manual else ())} - {""}),
        datums=[{"value": datum.value, "word": datum_word(datum), "chosen": datum.value == (typed.get("datum") or Datum.WGS84.value)} for datum in Datum],
        groups=_kind_groups(shown.manual, kinds, shown.language),
    )
    return page, status


def _converted(spot: tuple[int, int], datum: Datum, place: Place | None, shown: Shown) -> str:
    """What a typed position becomes, and how far it lies from the nearest other place: a shifted datum shows at once."""
    lat, lon = places.to_wgs84(*spot, datum)
    told = _("WGS-84：%(position)s", position=places.written(lat, lon))
    if datum not in (Datum.WGS84, Datum.CGCS2000):
        metres = evidence.apart_m(evidence.Spot(*spot), evidence.Spot(lat, lon))
        told = _("%(told)s，比原坐标移了 %(n)s 米", told=told, n=round(metres))
    bounds = county(shown.session).bounds
    if bounds and places.nearest_within(bounds, lat, lon) != (lat, lon):
        return _("%(told)s。不在设置里的本县范围内，请核对坐标系", told=told)
    near = next((one for one in places.nearest(shown.session, lat, lon, limit=2) if place is None or one.id != place.id), None)
    if near is not None and near.lat_e7 is not None and near.lon_e7 is not None:
        metres = evidence.apart_m(evidence.Spot(lat, lon), evidence.Spot(near.lat_e7, near.lon_e7))
        if metres > FAR_KM * 1000:
            return _("%(told)s。离最近的点位 %(n)s 公里，可能不在本县，请核对坐标系", told=told, n=round(metres / 1000))
        return _("%(told)s。离最近的“%(name)s” %(n)s 米", told=told, name=near.name, n=round(metres))
    return told


def _kind_groups(manual: standards.Manual | None, chosen: Sequence[str], language: str) -> list[dict[str, Any]]:
    groups: dict[str, dict[str, Any]] = {}
    for kind in manual.kinds.values() if manual else ():
        category = kind.category
        word = str(category.get("name_en" if language == "en" else "name_zh") or category.get("name_zh") or "")
        group = groups.setdefault(str(category.get("code", word)), {"word": word, "kinds": []})
        group["kinds"].append({"code": kind.code, "word": kind.name(language), "chosen": kind.code in chosen})
    return list(groups.values())
