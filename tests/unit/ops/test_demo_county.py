"""What the demo is made of: a register and pictures that hold together."""

import json

from fieldbook.evidence import examine
from fieldbook.ops.demo import LOGINS
from fieldbook.ops.demo import people as cast
from fieldbook.ops.demo.pictures import FOLDER, Album
from fieldbook.ops.demo.places import DATA, read_register

REGISTER = read_register()
STANDARDS = json.loads((DATA.parent / "standards.json").read_text("utf-8"))


def test_every_kind_of_the_manual_has_a_place():
    kinds = {kind for place in REGISTER.places for kind in place["kinds"]}

    assert kinds == {kind["code"] for kind in STANDARDS}


def test_places_lie_in_known_zones_and_belong_to_known_units():
    zones = {zone["code"] for zone in REGISTER.zones}
    units = {unit["key"] for unit in REGISTER.units}

    strays = [p["code"] for p in REGISTER.places if p["zone"] not in zones or p["unit"] not in units | {None}]

    assert strays == []


def test_codes_and_names_of_places_stand_alone():
    codes = [place["code"] for place in REGISTER.places]
    names = [place["name"] for place in REGISTER.places]

    assert len(set(codes)) == len(codes)
    assert len(set(names)) == len(names)


def test_every_place_can_be_found_by_its_initials():
    odd = [p["name"] for p in REGISTER.places if not (p["initials"].isascii() and p["initials"].islower() and p["initials"].isalnum())]

    assert odd == []


def test_no_two_people_share_a_login():
    own = {login for login, _, _ in cast.CAST}
    contacts = [unit["login"] for unit in REGISTER.units if "login" in unit]

    assert len(set(contacts)) == len(contacts)
    # chen is in the cast and answers for a unit too
    assert own & set(contacts) == {"chen"}


def test_every_unit_with_a_place_has_somebody_who_can_put_things_right():
    staff = cast.staff(REGISTER)

    alone = {p["unit"] for p in REGISTER.places if p["unit"] and p["unit"] not in staff.rectifiers}

    assert alone == set()


def test_the_logins_shown_at_the_start_exist():
    known = {login for login, _, _ in cast.CAST} | {unit.get("login") for unit in REGISTER.units}

    assert {login for login, *_ in LOGINS} <= known


def test_every_pair_has_its_two_pictures_and_they_stay_small():
    named = {picture for pair in Album().pairs for picture in (pair.before, pair.after)}
    lying = {file.name: file.stat().st_size for file in FOLDER.glob("*.jpg")}

    assert named == set(lying)
    assert max(lying.values()) <= 60_000
    assert sum(lying.values()) <= 3_500_000


def test_a_marked_picture_is_a_file_of_its_own_and_still_a_photo():
    album = Album()
    picture = album.pairs[0].before

    first, second = album.data(picture, "one"), album.data(picture, "two")

    assert first != second
    assert (examine(first).width, examine(first).height) == (780, 1040)
