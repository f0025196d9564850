"""The shape of the house: what lies at its root, what stands on which floor, and who may use what."""

import ast
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

import fieldbook
from tests.servers import ROOT

SOURCE = ROOT / "inspect" / "fieldbook"
ROOMS = {folder.name for folder in SOURCE.iterdir() if (folder / "__init__.py").exists()}
FILES = sorted(SOURCE.rglob("*.py"))
AT_THE_ROOT = {
    "app.py", "run", "requirements.txt", "requirements-dev.txt", "requirements.in", "requirements-dev.in", "pyproject.toml", "LICENSE",
    "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", ".gitignore", ".ci",
    "inspect", "static", "templates", "tests", "docs", "deploy", "data",
}  # fmt: skip
#: what only this machine has; never in git
LOCAL = re.compile(r"\.git|\.venv|\.[a-z_]+_cache|\.hypothesis|__pycache__|instance(-.*)?|build|node_modules")

#: top-level modules that can reach another machine, and who may use them
NETWORK = {"urllib.request", "http.client", "smtplib", "ftplib", "imaplib", "poplib", "telnetlib", "xmlrpc", "requests", "httpx", "aiohttp", "urllib3", "obstore", "boto3"}
MAY_CALL_OUT = {"messages"}
#: the supervisor looks whether its own port is free and answers
MAY_OPEN_SOCKETS = {"messages/", "ops/serve.py"}
#: ops puts the gate before the house, and its jobs log as the pages do
INNER_FILES_ALLOWED = {("ops", "fieldbook.web.gate"), ("ops", "fieldbook.web.gate.Gate"), ("ops", "fieldbook.web.logs")}


def test_inspect_is_pythons_own():
    assert not (ROOT / "inspect" / "__init__.py").exists()
    assert Path(inspect.__file__).parent == Path(sysconfig.get_paths()["stdlib"])


@pytest.mark.parametrize("words", [["-c", "import inspect, dataclasses; print(inspect.__file__)"], ["-m", "pytest", "--version"], ["-m", "flask", "--version"]])
def test_python_started_at_the_root_finds_its_own_inspect(words):
    done = subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 0, done.stderr
    assert str(ROOT / "inspect") not in done.stdout


def test_only_what_is_agreed_lies_at_the_root():
    assert {path.name for path in ROOT.iterdir() if not LOCAL.fullmatch(path.name)} <= AT_THE_ROOT


def test_every_pinned_package_has_hashes():
    for name in ("requirements.txt", "requirements-dev.txt", "tests/postgresql.txt"):
        lines = (ROOT / name).read_text().splitlines()
        pins = [number for number, line in enumerate(lines) if re.match(r"[a-z0-9]", line)]

        assert pins
        assert all("==" in lines[number] and "--hash=sha256:" in lines[number + 1] for number in pins)


def test_the_chosen_packages_are_the_pinned_ones():
    for name in ("requirements", "requirements-dev"):
        pinned = set(re.findall(r"^([a-z0-9.-]+)==", (ROOT / f"{name}.txt").read_text(), re.MULTILINE))
        chosen = {re.split(r"[\[=<>]", line)[0].lower() for line in (ROOT / f"{name}.in").read_text().splitlines() if line and not line.startswith("#")}

        assert chosen <= pinned


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_every_room_has_a_card_and_a_door(room):
    door = importlib.import_module(f"fieldbook.{room}")

    card = door.__doc__ or ""
    assert "Words:" in card or room == "kernel"
    assert room in ("ops", "web", "kernel") or "May import" in card
    names = getattr(door, "__all__", [])
    assert sorted(set(names)) == sorted(names)
    assert all(hasattr(door, name) for name in names)


def test_rooms_use_each_others_doors_only():
    wrong = [
        f"{file.relative_to(SOURCE)}:{line} {module}"
        for file in FILES
        for line, module in imported(file)
        if (parts := module.split("."))[0] == "fieldbook" and len(parts) > 2 and is_inner(module) and parts[1] != room_of(file)
        if (room_of(file), module) not in INNER_FILES_ALLOWED
    ]

    assert wrong == []


def test_only_messages_and_the_photo_store_call_out():
    wrong = []
    for file in FILES:
        where = file.relative_to(SOURCE).as_posix()
        for line, module in imported(file):
            calls_out = any(module == name or module.startswith(f"{name}.") for name in NETWORK)
            if calls_out and room_of(file) not in MAY_CALL_OUT and where != "evidence/storage.py":
                wrong.append(f"{where}:{line} {module}")
            if module in ("socket", "ssl", "socketserver") and not any(where.startswith(place) for place in MAY_OPEN_SOCKETS):
                wrong.append(f"{where}:{line} {module}")

    assert wrong == []


def test_only_the_three_boundaries_commit():
    wrong = []
    for file in FILES:
        where = file.relative_to(SOURCE).as_posix()
        if where.startswith(("web/", "ops/", "sync/inbox.py", "journal/", "kernel/database.py")):
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit":
                wrong.append(f"{where}:{node.lineno}")
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "journal.begin":
                wrong.append(f"{where}:{node.lineno}")

    assert wrong == []


def test_below_web_nobody_reads_a_clock():
    wrong = []
    for file in FILES:
        where = file.relative_to(SOURCE).as_posix()
        if where.startswith(("web/", "ops/", "sync/", "messages/")) or where in ("kernel/clock.py", "evidence/decoder.py", "evidence/decode_child.py"):
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and re.fullmatch(r"(.*\.)?(datetime|date)\.(now|utcnow|today)|time\.time|(kernel\.)?utcnow", ast.unparse(node.func)):
                wrong.append(f"{where}:{node.lineno} {ast.unparse(node)}")

    assert wrong == []


def test_the_gate_is_at_most_a_hundred_lines_of_code():
    text = (SOURCE / "web" / "gate.py").read_text("utf-8")
    prose = {
        line
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(node)
        for line in range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1)
    }

    code = [line for number, line in enumerate(text.splitlines(), 1) if line.strip() and not line.strip().startswith("#") and number not in prose]
    assert len(code) <= 100


def imported(file: Path) -> Iterator[tuple[int, str]]:
    """The modules a file imports, in full, with the line; `from a import b` gives a and a.b."""
    package = ["fieldbook", *file.relative_to(SOURCE).parent.parts]
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join([*package[: len(package) + 1 - node.level], *([node.module] if node.module else [])]) if node.level else node.module or ""
            yield node.lineno, base
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


def is_inner(module: str) -> bool:
    """Whether fieldbook.<room>.<x> is a file of the room, and no name at its door."""
    _, room, name, *_ = module.split(".")
    door = importlib.import_module(f"fieldbook.{room}")
    return name not in getattr(door, "__all__", []) and any(module.name == name for module in pkgutil.iter_modules(door.__path__))


def room_of(file: Path) -> str:
    parts = file.relative_to(SOURCE).parts
    return parts[0] if len(parts) > 1 else ""


def test_the_source_is_read_from_here():
    assert Path(fieldbook.__file__).parent == SOURCE
