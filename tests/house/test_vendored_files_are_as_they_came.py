"""What others wrote is served as it came: every vendored file is listed with its version, licence and hash."""

import hashlib
import re
from pathlib import Path

VENDOR = Path(__file__).resolve().parents[2] / "static" / "vendor"
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (VENDOR / "VENDOR.md").read_text("utf-8").splitlines()
    if line.startswith("| ") and "library" not in line
]


def test_every_listed_file_has_the_hash_in_the_list():
    wrong = []
    for library, _version, _licence, name, sha256 in ROWS:
        if re.fullmatch("[0-9a-f]{64}", sha256) and hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() != sha256:
            wrong.append(library)

    assert wrong == []


def test_every_vendored_file_is_listed_and_has_its_licence_beside_it():
    listed = {name for _library, _version, _licence, name, _sha256 in ROWS}
    files = [path for path in VENDOR.rglob("*") if path.is_file() and path.name not in ("LICENSE", "VENDOR.md")]

    assert files
    assert [path.relative_to(VENDOR).as_posix() for path in files if path.relative_to(VENDOR).as_posix() not in listed] == []
    assert [path.parent.name for path in files if not (path.parent / "LICENSE").is_file()] == []
