"""Every route says whom it lets in, and only the boundaries begin an act."""

import ast
import re
from pathlib import Path

from tests.doors.authz import EVERYBODY, ROWS
from tests.servers import ROOT

SOURCE = ROOT / "inspect" / "fieldbook"
WEB = sorted((SOURCE / "web").rglob("*.py"))

#: who may begin an act in a request: the person logged in, through `doors.acting`; nobody yet, where a login or the first door is
MAY_BEGIN = {"doors.py: acting", "api.py: log_in", "pages/door.py: log_in", "pages/door.py: make_first"}


def functions(file: Path) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.FunctionDef)]


def test_every_view_is_declared_with_its_door():
    bare = []
    for file in WEB:
        for view in functions(file):
            names = [ast.unparse(decorator) for decorator in view.decorator_list]
            routes = [name for name in names if re.match(r"(bp|app)\.(get|post|put|patch|delete|route)\(", name)]
            if routes and not any(name.startswith("needs(") for name in names):
                bare.append(f"{file.name}: {view.name}")

    assert bare == []


def test_a_door_stands_below_its_route():
    """Above it, Flask would have kept the view before the door was hung."""
    upside_down = []
    for file in WEB:
        for view in functions(file):
            names = [ast.unparse(decorator) for decorator in view.decorator_list]
            door = next((n for n, name in enumerate(names) if name.startswith("needs(")), None)
            last_route = max((n for n, name in enumerate(names) if name.startswith("bp.")), default=-1)
            if door is not None and door < last_route:
                upside_down.append(f"{file.name}: {view.name}")

    assert upside_down == []


def test_in_web_only_the_request_boundary_begins_an_act():
    begun = set()
    for file in WEB:
        for function in functions(file):
            called = {ast.unparse(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)}
            if called & {"journal.begin", "writing", "kernel.writing", "begin"}:
                begun.add(f"{file.relative_to(SOURCE / 'web').as_posix()}: {function.name}")

    assert begun == MAY_BEGIN


def test_no_view_commits_for_itself():
    wrong = [
        f"{file.name}:{node.lineno}"
        for file in WEB
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("commit", "flush") and "session" in ast.unparse(node.func)
        if ast.unparse(node.func) != "act.session.flush"
    ]

    assert wrong == []


def test_views_write_only_through_commands():
    """A view that inserts, updates or deletes by itself would change something without an entry."""
    wrong = []
    for file in WEB:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "sqlalchemy":
                wrong += [f"{file.name}:{node.lineno} {alias.name}" for alias in node.names if alias.name in ("insert", "update", "delete", "text")]
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith((".session.add", ".session.delete", ".session.merge")):
                wrong.append(f"{file.name}:{node.lineno}")

    assert wrong == []


def test_the_table_of_doors_speaks_of_everybody_and_each_route_once():
    assert len({(row.method, row.rule) for row in ROWS}) == len(ROWS)
    assert {name for row in ROWS for names in row.answers.values() for name in names.split()} == set(EVERYBODY)


def test_each_promise_of_security_names_a_test_that_exists():
    told = (ROOT / "docs" / "security.md").read_text("utf-8")
    promised = re.findall(r"`(tests/[\w/.-]+?\.py|tests/[\w/.-]+?\.js)(?:::(\w+))?`", told)

    missing = []
    for file, name in promised:
        path = ROOT / file
        if not path.exists() or (name and f"def {name}(" not in path.read_text("utf-8")):
            missing.append(f"{file}::{name}")

    assert len(promised) > 30
    assert missing == []
