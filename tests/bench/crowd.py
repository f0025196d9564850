"""Phones for the benches: sockets that speak to a server, and the processor time of what answers them."""

import hashlib
import http.client
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import psutil

from tests.county import picture


@dataclass
class Cost:
    """What a crowd cost: processor seconds by part of the server, the wall, and each inspection's wait in seconds."""

    cpu: dict[str, float]
    wall: float
    waits: list[float]

    @property
    def each_ms(self) -> float:
        """Processor milliseconds an inspection, all parts together."""
        return 1000 * sum(self.cpu.values()) / len(self.waits)

    def part_ms(self, *parts: str) -> float:
        return 1000 * sum(self.cpu.get(part, 0) for part in parts) / len(self.waits)

    @property
    def a_second(self) -> float:
        return len(self.waits) / self.wall


def cpu_by_part(root: psutil.Process, name: Callable[[psutil.Process], str]) -> dict[str, float]:
    """Processor seconds so far of a process and all below it, summed by the part that `name` gives."""
    found: dict[str, float] = {}
    for process in [root, *root.children(recursive=True)]:
        try:
            spent = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        part = name(process)
        found[part] = found.get(part, 0) + spent.user + spent.system
    return found


def crowd(root: psutil.Process, name: Callable[[psutil.Process], str], phones: int, each: int, inspect: Callable[[int, int], None], settle: Callable[[], None] = lambda: None) -> Cost:
    """Let `phones` phones make `each` inspections at once; `settle` waits for what the server does after its receipts."""
    before = cpu_by_part(root, name)
    waits: list[float] = []

    def walk(phone: int) -> None:
        for i in range(each):
            began = time.perf_counter()
            inspect(phone, i)
            waits.append(time.perf_counter() - began)

    began = time.perf_counter()
    with ThreadPoolExecutor(phones) as pool:
        list(pool.map(walk, range(phones)))
    wall = time.perf_counter() - began
    settle()
    after = cpu_by_part(root, name)
    return Cost({part: after[part] - before.get(part, 0) for part in after}, wall, waits)


class Line:
    """One kept connection with its cookie."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookie = ""

    def ask(self, method: str, path: str, body: bytes | None = None, kind: str = "application/json") -> tuple[int, bytes]:
        headers = {"Content-Type": kind, "Cookie": self.cookie, "Sec-Fetch-Site": "same-origin"}
        for attempt in (1, 2):
            try:
                self.connection.request(method, path, body, headers)
                answer = self.connection.getresponse()
                data = answer.read()
                break
            except (http.client.HTTPException, OSError):
                if attempt == 2:
                    raise
                self.connection.close()
        if given := answer.headers.get("Set-Cookie"):
            self.cookie = given.split(";")[0]
        return answer.status, data

    def say(self, path: str, value: Any) -> Any:
        status, data = self.ask("POST", path, json.dumps(value).encode())
        if status != 200:
            raise RuntimeError(f"{path} answered {status}: {data[:300]!r}")
        return json.loads(data)


def unlike(data: bytes, word: str) -> tuple[bytes, str]:
    """The same picture with another SHA-256: a comment segment that no eye sees. Gives (bytes, hash)."""
    comment = word.encode()
    data = data[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + data[2:]
    return data, hashlib.sha256(data).hexdigest()


def photo_of(kilobytes: int) -> bytes:
    """A drawn 1600 × 1200 JPEG of about this size."""
    import io
    import random

    from PIL import Image

    base = Image.open(io.BytesIO(picture(7, size=(1600, 1200))))
    dice = random.Random(7)
    noise = Image.frombytes("L", (800, 600), dice.randbytes(480_000)).resize((1600, 1200))
    mixed = Image.blend(base, noise.convert("RGB"), 0.18)
    for quality in range(95, 20, -3):
        out = io.BytesIO()
        mixed.save(out, "JPEG", quality=quality)
        if out.tell() <= kilobytes * 1024:
            return out.getvalue()
    return out.getvalue()


def fresh() -> str:
    return str(uuid4())
