"""One word a thing: no name that says nothing, and the same verb from the phone's command to the journal."""

import ast
import re

from fieldbook import sync
from tests.servers import ROOT

SOURCE = ROOT / "inspect" / "fieldbook"
FILES = sorted(SOURCE.rglob("*.py"))
EMPTY = re.compile(r"(Manager|Helper|Helpers|Util|Utils|Service|Handler|Data|Info|Object|Processor)$")
#: others' words that we implement under their names
THEIRS = {"LoginManager"}
#: what a phone asks for -> what stands in the journal when it is done
DONE = {
    "visit.finish": "visit.finished",
    "finding.report": "finding.reported",
    "finding.screen": "finding.screened",
    "finding.dismiss": "finding.dismissed",
    "finding.assign": "finding.assigned",
    "finding.accept": "finding.accepted",
    "finding.rectify": "finding.rectified",
    "finding.clear": "finding.cleared",
    "finding.return": "finding.returned",
    "finding.undo": "finding.undone",
    "finding.void": "finding.voided",
    "finding.merge": "finding.merged",
    "finding.take_back": "finding.taken_back",
    "finding.dispute": "finding.disputed",
    "finding.ask_extension": "finding.extension_asked",
    "finding.extend": "finding.extended",
    "finding.refuse_extension": "finding.extension_refused",
    "finding.reopen": "finding.reopened",
    "finding.supervise": "finding.supervised",
    "finding.urge": "finding.urged",
    "finding.change_due": "finding.due_changed",
    "finding.unmark": "finding.unmarked",
    "finding.defer": "finding.deferred",
    "finding.resume": "finding.resumed",
    "photo.give_up": "photo.given_up",
}


def test_no_class_has_a_name_that_says_nothing():
    wrong = [f"{file.relative_to(SOURCE)}: {node.name}" for file in FILES for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.ClassDef) and EMPTY.search(node.name) and node.name not in THEIRS]

    assert wrong == []


def test_no_file_is_a_drawer_for_the_rest():
    assert [file.name for file in FILES if re.fullmatch(r"(utils?|helpers?|common|misc|base|core|manager|service)s?\.py", file.name)] == []


def test_a_verb_is_the_same_word_on_the_phone_and_in_the_journal():
    written = "\n".join(file.read_text("utf-8") for file in FILES)

    assert set(DONE) == set(sync.BOOK)
    assert [past for past in DONE.values() if f'"{past}"' not in written] == []


def test_every_verb_of_the_journal_is_a_thing_and_what_happened_to_it():
    verbs = set()
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".record") and node.args and isinstance(node.args[0], ast.Constant):
                verbs.add(str(node.args[0].value))

    assert len(verbs) > 15
    assert [verb for verb in verbs if not re.fullmatch(r"[a-z]+\.[a-z_]+", verb)] == []


def test_every_file_says_what_it_is_for():
    assert [str(file.relative_to(SOURCE)) for file in FILES if file.stat().st_size and not ast.get_docstring(ast.parse(file.read_text("utf-8"))) and "migrations" not in str(file)] == []


def test_nothing_here_speaks_of_another_machine():
    """Paths of somebody's workshop and addresses of trackers have no meaning to a reader."""
    named = re.compile(r"/home/\w+|/Users/\w+|TODO|FIXME|XXX")

    wrong = [f"{file.relative_to(ROOT)}: {found[0]}" for file in [*FILES, *sorted((ROOT / "static" / "phone").rglob("*.js")), *sorted((ROOT / "templates").rglob("*.html"))] if (found := named.search(file.read_text("utf-8")))]

    assert wrong == []


