"""The gate between granian and the application: it waits for slow bodies so that no thread has to.

A phone that lost its signal in the middle of an upload would hold a WSGI thread for ever; a hundred
of them would be a dead server. Here the body is gathered asynchronously into a spooled file, within
a size, a silence and a whole time, and only a body that is entirely there reaches a thread.
"""

import asyncio
import io
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any

from .environ import answer_of, environ_of
from .heap import Heap

IDLE_SECONDS, WHOLE_SECONDS = 20, 900  #: longest silence inside a body, and longest time for all of it
BODY_BYTES = 65_536  #: what a body may take in memory before it goes to disk
THREADS, KB, MB = 32, 1024, 1_048_576
#: a body announced to be no larger stays in memory while all of those have room there together: a photo is written once, where it
#: is kept. What does not find room goes by the disk, so that a crowd on slow lines holds no memory.
PHOTO_BYTES, ROOM_BYTES = 1 * MB, 3 * MB
#: (method, start of path, end of path, bytes): the first that fits counts; anything else is a form
LIMITS = [
    ("PUT", "/api/photos/", "", 20 * MB),
    ("POST", "/api/push", "", 512 * KB),
    ("POST", "/findings/", "/rectify", 121 * MB),  # six photos and a form
    ("POST", "", "/import", 20 * MB),
    ("POST", "/people/hand-in", "/hand-in", 257 * MB),  # a phone's unsent work: the file and its form
]
FORM_BYTES = 64 * KB
#: in the environ of a request whose body was not taken: the status to answer, for the application to put into words
UNWANTED = "fieldbook.unwanted"


def largest(method: str, path: str) -> int:
    """The most bytes the body of this request may have."""
    return next((most for verb, *ends, most in LIMITS if verb == method and path.startswith(ends[0]) and path.endswith(ends[1])), FORM_BYTES)


class Unwanted(Exception):
    """The body is not taken; `args[0]` is the status to answer."""


class Gate:
    """An RSGI application: gathers each body, then runs a WSGI application in a thread."""

    def __init__(self, wsgi: Any, *, idle: float = IDLE_SECONDS, whole: float = WHOLE_SECONDS) -> None:
        self.wsgi, self.idle, self.whole = wsgi, idle, whole
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="request")
        #: bytes that may still stay in memory
        self.room = ROOM_BYTES

    async def __rsgi__(self, scope: Any, proto: Any) -> None:
        loop = asyncio.get_running_loop()
        announced = scope.headers.get("content-length") or ""
        reserved = int(announced) if announced.isascii() and announced.isdigit() and len(announced) < 9 else 0
        if not BODY_BYTES < reserved <= min(PHOTO_BYTES, self.room):
            reserved = 0
        self.room -= reserved
        try:
            await self.serve(scope, proto, loop, max(reserved, BODY_BYTES))
        finally:
            self.room += reserved

    async def serve(self, scope: Any, proto: Any, loop: asyncio.AbstractEventLoop, in_memory: int) -> None:
        """Answer one request whose body may take `in_memory` bytes before it goes to disk."""
        try:
            length, body = await self.gather(scope, proto, in_memory)
            environ = environ_of(scope, body, length)
        except Unwanted as reason:
            environ = environ_of(scope, body := io.BytesIO(), 0) | {UNWANTED: reason.args[0]}
        done = loop.create_future()
        self.threads.submit(self.attend, environ, body, proto, done)
        if (file := await done) is not None:
            loop.call_later(60, file.close)  # granian has opened it for itself long before

    def attend(self, environ: dict[str, Any], body: IO[bytes], proto: Any, done: asyncio.Future[Any]) -> None:
        """In a thread: answer as soon as the application has, without waiting for the loop; then tell the loop."""
        end, word = done.set_result, None
        try:
            with body:
                status, headers, answer = answer_of(self.wsgi, environ)
            if UNWANTED in environ:
                status, headers = environ[UNWANTED], [*headers, ("connection", "close")]
            if isinstance(answer, bytes):
                proto.response_bytes(status, headers, answer)
            else:
                proto.response_file(status, headers, f"/dev/fd/{answer.fileno()}")
                word = answer
        except BaseException as reason:
            end, word = done.set_exception, reason
        done.get_loop().call_soon_threadsafe(end, word)

    async def gather(self, scope: Any, proto: Any, in_memory: int) -> tuple[int, IO[bytes]]:
        """Read the whole body; gives its length in bytes and where to read it. Raises Unwanted."""
        announced, most = scope.headers.get("content-length"), largest(scope.method, scope.path)
        if announced is None and scope.method in ("GET", "HEAD"):
            return 0, io.BytesIO()
        if announced is not None and not (announced.isascii() and announced.isdigit()):
            raise Unwanted(400)
        if announced is not None and int(announced) > most:
            raise Unwanted(413)
        heap, got, length = Heap(in_memory), 0, None if announced is None else int(announced)
        heard = begun = (clock := asyncio.get_running_loop().time)()
        try:
            async with asyncio.timeout(self.idle) as patience:
                async for piece in proto:
                    got += len(piece)
                    if got > most:
                        raise Unwanted(413)
                    heap.add(piece)
                    if got == length:
                        break  # its end would come by itself, a turn of the loop later
                    if (now := clock()) > heard + self.idle / 20:  # seldom: it costs as much as the piece
                        heard = now
                        patience.reschedule(min(now + self.idle, begun + self.whole))
            if length not in (None, got):
                raise Unwanted(400)
        except OSError as reason:  # no more came in time, or the disk is full
            heap.close()
            raise Unwanted(408 if isinstance(reason, TimeoutError) else 507) from None
        except BaseException:
            heap.close()
            raise
        return got, heap.file()
