"""Where photos lie: under their SHA-256, immutable, and on the disk for good before anybody is told "kept".

Four functions are all the room asks of a store (put, open, has, drop), so that another kind, S3 say,
can stand behind them. No storage library we tried calls fsync; this is why the local one is our own.
"""

import hashlib
import os
import re
from pathlib import Path
from typing import BinaryIO, Protocol

#: a photo's hash, or that of a copy made from it: `<sha256>`, `<sha256>.small`, `<sha256>.large`
_KEY = re.compile(r"[0-9a-f]{64}(\.(small|large))?")


class Store(Protocol):
    """Keeps blobs by key for ever. Raises OSError when it cannot."""

    #: a local folder on which files are made ready for `put`
    spool: Path
    #: room that stays free for the database when photos fill the disk
    reserve_bytes: int

    def put(self, key: str, path: Path | str) -> None:
        """Take over the file at `path` as `key`. On return it survives a power cut; the file at `path` is gone."""

    def open(self, key: str) -> BinaryIO:
        """Its bytes, from the start. Raises FileNotFoundError."""

    def has(self, key: str) -> bool:
        """Whether `key` is kept."""

    def drop(self, key: str) -> None:
        """Forget `key`; nothing happens when it is not kept."""


def wrong_with(store: Store, sha256: str, size: int) -> str:
    """What is wrong with a photo in a store; empty when its bytes are still those it was named by."""
    try:
        with store.open(sha256) as file:
            digest, got = hashlib.sha256(), 0
            while piece := file.read(1 << 20):
                digest.update(piece)
                got += len(piece)
    except FileNotFoundError:
        return "its file is missing"
    if got != size:
        return f"its file has {got} bytes instead of {size}"
    return "" if digest.hexdigest() == sha256 else "its bytes were changed"


class LocalStore:
    """A store in a folder of this machine, 256 folders wide, each file read-only."""

    def __init__(self, folder: Path, *, reserve_bytes: int = 1 << 30) -> None:
        self.folder = folder
        #: as text: a path in pieces costs more than what is done with it
        self._folder = str(folder)
        self.reserve_bytes = reserve_bytes
        self.spool = folder / "spool"
        self.spool.mkdir(parents=True, exist_ok=True, mode=0o750)

    def lay_shelves(self) -> None:
        """Make all the folders there will be, so that no photo waits for its own."""
        for number in range(256):
            os.makedirs(f"{self._folder}/{number:02x}", mode=0o750, exist_ok=True)
        _sync(self._folder)

    def put(self, key: str, path: Path | str) -> None:
        target = self._path(key)
        shelf = os.path.dirname(target)
        if not os.path.isdir(shelf):
            os.makedirs(shelf, mode=0o750, exist_ok=True)
            _sync(self._folder)
        os.chmod(path, 0o440)
        _sync(path)
        os.rename(path, target)
        _sync(shelf)  # else the name may be lost though the bytes are not

    def open(self, key: str) -> BinaryIO:
        return open(self._path(key), "rb")

    def has(self, key: str) -> bool:
        return os.path.isfile(self._path(key))

    def drop(self, key: str) -> None:
        Path(self._path(key)).unlink(missing_ok=True)

    def _path(self, key: str) -> str:
        if not _KEY.fullmatch(key):
            raise FileNotFoundError(key)
        return f"{self._folder}/{key[:2]}/{key}"


def _sync(path: Path | str) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
