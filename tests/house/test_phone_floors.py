"""The phone's floors: screens → work → outbox → store | server → kit, and one owner for each of the browser's doors."""

import re
from pathlib import Path

import pytest

PHONE = Path(__file__).resolve().parents[2] / "static" / "phone"
MODULES = sorted(path.relative_to(PHONE).as_posix() for path in PHONE.rglob("*.js") if not path.name.startswith("sw"))

#: room -> what it may import from
FLOORS = {
    "": {"screens", "work", "outbox", "store", "server", "kit"},
    "screens": {"screens", "work", "outbox", "store", "server", "kit"},
    "work": {"work", "outbox", "store", "server", "kit"},
    "outbox": {"outbox", "store", "server", "kit"},
    "store": {"store", "kit"},
    "server": {"server", "kit"},
    "kit": {"kit"},
}
#: a word of the browser -> the only modules that may say it
OWNERS = {
    r"\bdocument\.": {"kit/page.js"},
    r"\bindexedDB\b": {"store/database.js"},
    r"\bfetch\(": {"server/api.js"},
    r"\bcreatePolicy\b": {"kit/trusted.js"},
    r"\bgetDirectory\(": {"store/log-worker.js", "store/open.js"},
    r"\binnerHTML\b|dangerouslySetInnerHTML|\beval\(|new Function\(": set(),
    r"\bcaches\b": {"kit/app-shell.js"},
}


def code_of(module: str) -> str:
    text = (PHONE / module).read_text("utf-8")
    return re.sub(r"/\*.*?\*/|(?m:^\s*//.*$)|(?m:\s//\s.*$)", "", text, flags=re.DOTALL)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_from_its_own_floor_and_below(module: str):
    room = module.rpartition("/")[0]

    imported = re.findall(r"""(?:from|import)\s*\(?\s*["'](\.{1,2}/[^"']+)["']""", code_of(module))
    rooms = {(PHONE / room / name).resolve().relative_to(PHONE).parent.as_posix().replace(".", "") for name in imported}

    assert rooms <= FLOORS[room]


@pytest.mark.parametrize("word", OWNERS)
def test_each_door_of_the_browser_has_one_owner(word: str):
    users = {module for module in MODULES if re.search(word, code_of(module))}

    assert users - OWNERS[word] == set()


def test_every_brace_of_the_styles_is_closed() -> None:
    """A block that was left open makes all rules after it part of it, and says nothing."""
    open_ones = {}
    for sheet in (PHONE.parent / "css").glob("*.css"):
        plain = re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL)
        if plain.count("{") != plain.count("}"):
            open_ones[sheet.name] = plain.count("{") - plain.count("}")

    assert open_ones == {}
