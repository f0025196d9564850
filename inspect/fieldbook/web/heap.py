"""A heap: what comes in pieces and is read as one, in memory while it is small."""

import io
import tempfile
from typing import IO


class Heap:
    """Bytes that come in pieces: in memory as they came, and on the disk as soon as there are more than `most`."""

    def __init__(self, most: int) -> None:
        self.left = most
        self.pieces: list[bytes] = []
        self.disk: IO[bytes] | None = None

    def add(self, piece: bytes) -> None:
        self.left -= len(piece)
        if self.left < 0 and self.disk is None:
            self.disk = tempfile.TemporaryFile()  # noqa: SIM115  outlives this call
            self.disk.writelines(self.pieces)
            self.pieces.clear()
        (self.pieces.append if self.disk is None else self.disk.write)(piece)

    def file(self) -> IO[bytes]:
        """All of it, to be read from the start; what came in one piece is not copied."""
        if self.disk is None:
            return io.BytesIO(b"".join(self.pieces))
        self.disk.seek(0)
        return self.disk

    def close(self) -> None:
        """Let go of what lies on the disk, when nobody is going to read it."""
        if self.disk is not None:
            self.disk.close()
