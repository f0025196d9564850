"""The lists that can be imported, by their names in addresses. A room above adds none: what it needs to know is known here."""

from fieldbook.accounts import Duty
from fieldbook.workbooks import Subject

from . import importing, importing_apply, importing_areas, importing_people, importing_units

PLACES = Subject(
    name="places",
    columns=importing.COLUMNS,
    plan=importing.plan_places,
    apply=importing_apply.apply_places,
    undo=importing_apply.undo_places,
    verbs=("place", "area", "unit", "manual"),
    prepare=importing_apply.prepare_places,
)

PEOPLE = Subject(
    name="people",
    columns=importing_people.COLUMNS,
    plan=importing_people.plan_people,
    apply=importing_people.apply_people,
    undo=importing_people.undo_people,
    verbs=("person", "post", "area", "unit"),
)

UNITS = Subject(
    name="units",
    columns=importing_units.COLUMNS,
    plan=importing_units.plan_units,
    apply=importing_units.apply_units,
    undo=importing_units.undo_units,
    verbs=("unit",),
)

AREAS = Subject(
    name="areas",
    columns=importing_areas.COLUMNS,
    plan=importing_areas.plan_areas,
    apply=importing_areas.apply_areas,
    undo=importing_areas.undo_areas,
    verbs=("area", "unit"),
)

#: who may import it, with a post for the whole county: asked at every page, and once more when it is done
IMPORTS: dict[str, tuple[Duty, ...]] = {
    **dict.fromkeys(("places", "units", "areas"), (Duty.ADMINISTRATOR, Duty.HEADQUARTERS)),
    "people": (Duty.ADMINISTRATOR,),
}

#: name -> subject; pages and jobs look here
SUBJECTS: dict[str, Subject] = {subject.name: subject for subject in (PLACES, UNITS, AREAS, PEOPLE)}
