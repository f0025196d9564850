"""Slow and stalled uploads of many phones against somebody else's page."""

import asyncio
import tempfile
import time
from pathlib import Path

from tests import servers
from tests.bench.crowd import Line, photo_of
from tests.bench.figure import Figure, percentile
from tests.conftest import make_county

PHONES = 360
STALLED = 300
SLOW_BYTES_A_SECOND = 6_700
SECONDS = 15


def run() -> list[Figure]:
    """How long another's page takes while 360 phones upload at 6.7 KB/s, and while 300 bodies have stalled."""
    with tempfile.TemporaryDirectory(prefix="fieldbook-bench-") as folder:
        instance = Path(folder) / "instance"
        make_county(instance)
        with servers.fieldbook(instance) as server:
            idle = _page(server.port, 5)
            slow = asyncio.run(_while(server.port, _slow, PHONES))
            stalled = asyncio.run(_while(server.port, _stalled, STALLED))
    return [
        Figure("uploads.page.idle.p95", percentile(idle, 0.95), "ms"),
        Figure("uploads.slow.page.p95", percentile(slow, 0.95), "ms", 50),
        Figure("uploads.slow.page.max", max(slow), "ms", 200),
        Figure("uploads.stalled.page.p95", percentile(stalled, 0.95), "ms", 50),
        Figure("uploads.stalled.page.max", max(stalled), "ms", 200),
    ]


async def _while(port: int, upload: object, phones: int) -> list[float]:
    data = photo_of(300)
    tasks = [asyncio.create_task(upload(port, data)) for _ in range(phones)]  # type: ignore[operator]
    await asyncio.sleep(2)
    waits = await asyncio.to_thread(_page, port, SECONDS)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return waits


def _page(port: int, seconds: float) -> list[float]:
    """Milliseconds of each answer of the log-in page, asked for ten times a second."""
    line, waits, until = Line(port), [], time.monotonic() + seconds
    while time.monotonic() < until:
        began = time.perf_counter()
        status, _ = line.ask("GET", "/login")
        if status != 200:
            raise RuntimeError(f"the page answered {status}")
        waits.append(1000 * (time.perf_counter() - began))
        time.sleep(0.1)
    return waits


async def _open(port: int, length: int) -> asyncio.StreamWriter:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"PUT /api/photos/{'a' * 64} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: image/jpeg\r\nContent-Length: {length}\r\n\r\n"
    writer.write(head.encode())
    return writer


async def _slow(port: int, data: bytes) -> None:
    writer = await _open(port, len(data))
    for start in range(0, len(data), SLOW_BYTES_A_SECOND):
        writer.write(data[start : start + SLOW_BYTES_A_SECOND])
        await writer.drain()
        await asyncio.sleep(1)


async def _stalled(port: int, data: bytes) -> None:
    writer = await _open(port, len(data))
    writer.write(data[:50_000])
    await writer.drain()
    await asyncio.sleep(3600)
