"""The traps of the street: every one is held by a test that exists, or is said to be held by none."""

import re
from pathlib import Path

import sqlcipher3.dbapi2 as sqlite

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "traps.md").read_text("utf-8")
ROWS = [line for line in TEXT.splitlines() if re.match(r"\| [FIT]\d+ \|", line)]
NAMED = re.findall(r"`(tests/[^`:]+)(?:::(\w+))?`", TEXT)


def test_every_trap_has_a_test_or_stands_among_those_that_have_none() -> None:
    held = {line.split("|")[1].strip() for line in ROWS if "`tests/" in line}
    open_ones = set(re.findall(r"^- \*\*([FIT]\d+)\*\*", TEXT.split("## Not held", 1)[1], re.MULTILINE))
    all_of_them = {f"F{n}" for n in range(1, 12)} | {f"I{n}" for n in range(1, 11)} | {f"T{n}" for n in range(1, 36)}

    assert held | open_ones == all_of_them
    assert held & open_ones == set()


def test_the_sqlite_at_hand_does_not_lose_pages_of_its_journal() -> None:
    """Two connections that wrote and cleared the journal at once could damage the file, up to 3.51.2."""
    assert sqlite.sqlite_version_info >= (3, 51, 3)


def test_every_test_that_is_named_exists() -> None:
    def exists(path: str, name: str) -> bool:
        file = ROOT / path
        return file.exists() and (
            not name or re.search(rf"^def {name}\(", file.read_text("utf-8"), re.MULTILINE) is not None
        )

    assert [(path, name) for path, name in NAMED if not exists(path, name)] == []
    assert len(NAMED) > 50
