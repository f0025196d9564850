"""The one decoder child and the pipe to it. Only the job runner owns one: every other process stays small and safe.

Decoding is where hostile pictures do their harm, so it happens in a process that may die: it has its own limits on
memory and time, opens no file, and is replaced at once. A photo whose decoding dies twice is damaged; its neighbours
never notice.
"""

import json
import os
import select
import struct
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from .model import PhotoState

MEMORY_BYTES = 1 << 30
CPU_SECONDS = 10
WALL_SECONDS = 12.0
START_SECONDS = 20.0
#: a fresh child after so many photos, so that whatever a decoder leaks stays small
LIFE_PHOTOS = 200
#: more than this in an answer means the child has lost its mind
MOST_ANSWER_BYTES = 16 * 1024 * 1024
CHILD = Path(__file__).with_name("decode_child.py")


class DecoderWontStart(Exception):
    """The child does not come up, with any photo or none: a fault of this installation, never of a photo."""


class _Died(Exception):
    """The child is gone, or did not answer in time."""


@dataclass(frozen=True)
class Outcome:
    """What became of one photo."""

    #: CHECKED, DAMAGED, or WAITING when its bytes were not there
    verdict: PhotoState
    why: str = ""
    #: pixels, upright
    width: int | None = None
    height: int | None = None
    #: signed 64 bits; None for a picture that shows nothing
    dhash: int | None = None
    mirror_dhash: int | None = None
    luma: int | None = None
    detail: int | None = None
    sharpness: int | None = None
    #: JPEG, upright, pixels alone: at most 320 and 1280 px long
    small: bytes = b""
    large: bytes = b""


class Decoder:
    """Keeps one child and asks it about one photo at a time. Not for several threads. Use as a context, or call `close`."""

    def __init__(self, *, memory_bytes: int = MEMORY_BYTES, cpu_seconds: int = CPU_SECONDS, wall_seconds: float = WALL_SECONDS, life_photos: int = LIFE_PHOTOS) -> None:
        self._command = [sys.executable, "-I", str(CHILD), str(memory_bytes), str(cpu_seconds)]
        self._wall_seconds = wall_seconds
        self._life_photos = life_photos
        self._child: subprocess.Popen[bytes] | None = None
        self._asked = 0

    def check(self, data: bytes) -> Outcome:
        """Decode one photo, given as its bytes. Raises DecoderWontStart."""
        for _ in range(2):
            try:
                return self._ask(data)
            except _Died:
                self.close()
        return Outcome(PhotoState.DAMAGED, why="decoding it ended the decoder twice")

    @property
    def pid(self) -> int | None:
        """The child's process id while there is one."""
        return self._child.pid if self._child else None

    def close(self) -> None:
        """End the child, whatever it is doing."""
        if self._child is None:
            return
        self._child.kill()
        self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe:
                pipe.close()
        self._child = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, reason: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _ask(self, data: bytes) -> Outcome:
        if self._asked >= self._life_photos:
            self.close()
        if self._child is None:
            self._start()
        self._asked += 1
        deadline = time.monotonic() + self._wall_seconds
        self._write(len(data).to_bytes(4), deadline)
        self._write(data, deadline)
        lengths = struct.unpack(">III", self._read(12, deadline))
        if sum(lengths) > MOST_ANSWER_BYTES:
            raise _Died
        text, small, large = (self._read(length, deadline) for length in lengths)
        facts = json.loads(text)
        if "damaged" in facts:
            return Outcome(PhotoState.DAMAGED, why=facts["damaged"])
        facts["dhash"], facts["mirror_dhash"] = _signed(facts["dhash"]), _signed(facts["mirror_dhash"])
        return Outcome(PhotoState.CHECKED, small=small, large=large, **facts)

    def _start(self) -> None:
        # an empty environment: the child needs no secret, so it gets none
        self._child = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}, cwd="/", bufsize=0)
        self._asked = 0
        os.set_blocking(self._child.stdin.fileno(), False)  # type: ignore[union-attr]
        try:
            if self._read(5, time.monotonic() + START_SECONDS) != b"ready":
                raise _Died
        except _Died:
            self.close()
            raise DecoderWontStart(f"{' '.join(self._command)} does not start") from None

    def _write(self, data: bytes, deadline: float) -> None:
        pipe = self._child.stdin.fileno()  # type: ignore[union-attr]
        rest = memoryview(data)
        while rest:
            _, ready, _ = select.select([], [pipe], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise _Died
            try:
                rest = rest[os.write(pipe, rest) :]
            except BrokenPipeError:
                raise _Died from None

    def _read(self, length: int, deadline: float) -> bytes:
        pipe = self._child.stdout.fileno()  # type: ignore[union-attr]
        parts, missing = [], length
        while missing:
            ready, _, _ = select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))
            part = os.read(pipe, min(missing, 1 << 20)) if ready else b""
            if not part:
                raise _Died
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)


def _signed(text: str | None) -> int | None:
    """16 hex digits as the signed integer that databases hold."""
    return None if text is None else int.from_bytes(bytes.fromhex(text), signed=True)
