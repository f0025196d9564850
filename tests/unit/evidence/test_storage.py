"""evidence.LocalStore: bytes under their hash, on the disk for good before anybody is told."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fieldbook.evidence import LocalStore

KEY = "ab" * 32


def test_what_is_put_can_be_opened_and_is_read_only(store: LocalStore) -> None:
    put(store, KEY, b"a photo")

    assert store.has(KEY)
    assert read(store, KEY) == b"a photo"
    assert (store.folder / "ab" / KEY).stat().st_mode & 0o777 == 0o440


def test_putting_takes_the_file_away_from_the_spool(store: LocalStore) -> None:
    put(store, KEY, b"a photo")

    assert list(store.spool.iterdir()) == []


def test_putting_twice_keeps_one(store: LocalStore) -> None:
    put(store, KEY, b"a photo")
    put(store, KEY, b"a photo")

    assert [path.name for path in (store.folder / "ab").iterdir()] == [KEY]


def test_copies_lie_beside_their_original(store: LocalStore) -> None:
    put(store, f"{KEY}.small", b"a copy")

    assert store.has(f"{KEY}.small")
    assert not store.has(KEY)


def test_dropping_forgets_and_may_be_repeated(store: LocalStore) -> None:
    put(store, KEY, b"a photo")

    store.drop(KEY)
    store.drop(KEY)

    assert not store.has(KEY)
    with pytest.raises(FileNotFoundError):
        store.open(KEY)


@pytest.mark.parametrize("key", ["", "..", "../secret", "ab/../../etc/passwd", KEY.upper(), KEY + "\n", KEY + ".html", KEY[:-1]])
def test_no_text_but_a_hash_becomes_a_path(store: LocalStore, key: str) -> None:
    with pytest.raises(FileNotFoundError):
        put(store, key, b"x")
    with pytest.raises(FileNotFoundError):
        store.open(key)


def test_the_file_then_its_name_then_its_folder_reach_the_disk(tmp_path: Path) -> None:
    if shutil.which("strace") is None:
        print("strace is not here: the order of fsync and rename was not looked at")
        return
    script = f"""
import sys; sys.path.insert(0, {str(Path("inspect").resolve())!r})
from pathlib import Path
from fieldbook.evidence.storage import LocalStore
store = LocalStore(Path({str(tmp_path / "photos")!r})); path = store.spool / "half"; path.write_bytes(b"x"); store.put("{KEY}", path)
"""

    traced = subprocess.run(["strace", "-f", "-y", "-e", "trace=fsync,fdatasync,rename,renameat,renameat2", sys.executable, "-c", script], capture_output=True, text=True, check=False)

    if "ptrace" in traced.stderr and "not permitted" in traced.stderr:
        print("strace may not look here: the order of fsync and rename was not looked at")
        return
    assert traced.returncode == 0, traced.stderr
    calls = [line for line in traced.stderr.splitlines() if str(tmp_path) in line]
    steps = ["rename" if "rename" in line else "folder" if line.split("<")[1].split(">")[0].endswith("/ab") else "root" if "photos>" in line else "file" for line in calls]
    assert steps == ["root", "file", "rename", "folder"], calls


def put(store: LocalStore, key: str, data: bytes) -> None:
    path = store.spool / "half-made"
    path.write_bytes(data)
    try:
        store.put(key, path)
    finally:
        path.unlink(missing_ok=True)


def read(store: LocalStore, key: str) -> bytes:
    with store.open(key) as file:
        return file.read()
