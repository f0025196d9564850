"""The lists that can be imported, by their names in addresses. A room above adds none: what it needs to know is known here."""

from fieldbook.workbooks import Subject

from . import importing, importing_apply

PLACES = Subject(
    name="places",
    columns=importing.COLUMNS,
    plan=importing.plan_places,
    apply=importing_apply.apply_places,
    undo=importing_apply.undo_places,
    verbs=("place", "area", "unit", "manual"),
    prepare=importing_apply.prepare_places,
)

#: name -> subject; pages and jobs look here
SUBJECTS: dict[str, Subject] = {subject.name: subject for subject in (PLACES,)}
