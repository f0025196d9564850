"""A visit of 12 answers, a position and 3 photos of about 300 KB, against the bare limit in the same run.

The web part is what a phone waits for, up to the last receipt. The decoder's part (decode, thumbnail, desk copy,
likeness) comes after it, in the job runner.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import psutil

from tests import servers
from tests.bench.crowd import Cost, Line, crowd, fresh, photo_of, unlike
from tests.bench.figure import Figure, percentile
from tests.conftest import make_county
from tests.county import PASSWORD, STANDARDS, named

KIND = "25"
PHONES = (1, 8, 32)
#: where the cost of visits without photos stands, by 8 phones
ANSWERS = 0
EACH = {1: 40, 8: 12, 32: 5, ANSWERS: 60}


def run() -> list[Figure]:
    """CPU an inspection, inspections a second and p95, ours against the bare limit."""
    picture = photo_of(300)
    with tempfile.TemporaryDirectory(prefix="fieldbook-bench-") as folder:
        bare = _bare(Path(folder) / "bare", picture)
        ours, settled, memory = _ours(Path(folder) / "ours", picture)
    figures: list[Figure] = []
    for phones in PHONES:
        plain, full, all_done = bare[phones], ours[phones], settled[phones]
        figures += [
            Figure(f"visit.bare.cpu.{phones}", plain.each_ms, "ms"),
            Figure(f"visit.web.cpu.{phones}", full.part_ms("web"), "ms"),
            Figure(f"visit.web.cpu.{phones}.of_bare", full.part_ms("web") / plain.each_ms, "x", 2),
            Figure(f"visit.all.cpu.{phones}", all_done, "ms", 75),
            Figure(f"visit.throughput.{phones}", full.a_second, "a second"),
            Figure(f"visit.throughput.{phones}.of_bare", full.a_second / plain.a_second, "x", 0.5, at_least=True),
            Figure(f"visit.p95.{phones}.of_bare", percentile(full.waits, 0.95) / percentile(plain.waits, 0.95), "x", 2 if phones == 32 else None),
        ]
    plain, full = bare[ANSWERS], ours[ANSWERS]
    figures += [
        Figure("visit.answers_only.bare.cpu.8", plain.each_ms, "ms"),
        Figure("visit.answers_only.web.cpu.8", full.part_ms("web"), "ms"),
        Figure("visit.answers_only.web.cpu.8.of_bare", full.part_ms("web") / plain.each_ms, "x", 3),
        Figure("visit.answers_only.throughput.8", full.a_second, "a second"),
    ]
    figures.append(Figure("visit.memory.pss", memory, "MB", 340))
    return figures


def _bare(folder: Path, picture: bytes) -> dict[int, Cost]:
    port = servers.free_port()
    surroundings = {**os.environ, "BARE_FOLDER": str(folder), "PYTHONPATH": f"{servers.ROOT}:{servers.ROOT / 'inspect'}"}
    server = subprocess.Popen([sys.executable, "-m", "tests.bench.bare", str(port)], cwd=servers.ROOT, env=surroundings, start_new_session=True)
    try:
        _wait(port, "/push")
        lines = [Line(port) for _ in range(max(PHONES))]

        def inspect(phone: int, i: int) -> None:
            body = _visit([unlike(picture, fresh()) for _ in range(3)], f"bare {phone} {i}")
            line = lines[phone]
            line.ask("POST", "/push", json.dumps(body[0]).encode())
            for data, sha256 in body[1]:
                line.ask("PUT", f"/photo/{sha256}", data, "image/jpeg")

        def answer(phone: int, i: int) -> None:
            lines[phone].ask("POST", "/push", json.dumps(_visit([], f"bare {phone} {i}")[0]).encode())

        root = psutil.Process(server.pid)
        crowd(root, lambda _: "web", 2, 4, inspect)
        costs = {phones: crowd(root, lambda _: "web", phones, EACH[phones], inspect) for phones in PHONES}
        return costs | {ANSWERS: crowd(root, lambda _: "web", 8, EACH[ANSWERS], answer)}
    finally:
        os.killpg(server.pid, 9)
        server.wait()


def _ours(folder: Path, picture: bytes) -> tuple[dict[int, Cost], dict[int, float], float]:
    make_county(folder)
    with servers.fieldbook(folder) as server:
        root = psutil.Process(server.process.pid)
        devices = [fresh() for _ in range(max(PHONES))]
        lines = [Line(server.port) for _ in devices]
        for line, device in zip(lines, devices, strict=True):
            line.say("/api/login", {"login": "lin", "password": PASSWORD, "device": {"id": device, "name": "bench"}})
        counts = [0] * len(lines)
        pausing = _Decoder(root)

        def inspect(phone: int, i: int, many: int = 3) -> None:
            line, counts[phone] = lines[phone], counts[phone] + 1
            command, photos = _visit([unlike(picture, fresh()) for _ in range(many)], f"{phone} {i}")
            command["n"] = counts[phone]
            said = line.say("/api/push", {"device": devices[phone], "commands": [command]})
            if said["answers"][0]["answer"] != "ok":
                raise RuntimeError(said)
            for data, sha256 in photos:
                status, answer = line.ask("PUT", f"/api/photos/{sha256}", data, "image/jpeg")
                if status != 200:
                    raise RuntimeError(answer)

        crowd(root, _part, 2, 4, inspect)
        costs, settled = {}, {}
        memory = _Memory(root)
        for phones in PHONES:
            _until_decoded(folder)
            with pausing:
                costs[phones] = crowd(root, _part, phones, EACH[phones], inspect)
            idle = dict.fromkeys(("work", "decoder"), 0.0)
            before = {part: spent for part, spent in _spent(root).items() if part in idle}
            _until_decoded(folder)
            after = _spent(root)
            later = sum(after.get(part, 0) - before.get(part, 0) for part in idle)
            settled[phones] = costs[phones].part_ms("web") + 1000 * later / len(costs[phones].waits)
        costs[ANSWERS] = crowd(root, _part, 8, EACH[ANSWERS], lambda phone, i: inspect(phone, i, 0))
        return costs, settled, memory.stop()


def _visit(photos: list[tuple[bytes, str]], word: str) -> tuple[dict[str, Any], list[tuple[bytes, str]]]:
    """A finished visit as a phone sends it: 12 answers, one of them a failure with these photos, or none when there are none."""
    now = int(time.time() * 1000)
    criteria = next(kind for kind in STANDARDS if kind["code"] == KIND)["criteria"][:12]
    answers = []
    for criterion in criteria:
        answer: dict[str, Any] = {"criterion": criterion["code"], "verdict": "fail" if photos and criterion["code"] == "25.07" else "pass"}
        if "threshold" in criterion:
            answer["value"] = round(criterion["threshold"]["value"] * 100)
        answers.append(answer)
    position = {"lat_e7": 315_510_000, "lon_e7": 1_184_900_000, "accuracy_m": 8, "age_s": 1}
    named_photos = [
        {"sha256": sha256, "bytes": len(data), "width": 1600, "height": 1200, "taken_at": now, "source": "camera", "position": position} for data, sha256 in photos
    ]
    finding = {"id": fresh(), "criterion": "25.07", "reasons": [0, 1], "words": f"水产区积水 {word}", "photos": named_photos}
    body = {"place": str(named("城南农贸市场")), "kind": KIND, "manual": 1, "started_at": now - 600_000, "finished_at": now, "position": position, "answers": answers, "findings": [finding] if photos else []}
    return {"id": fresh(), "n": 1, "v": 1, "verb": "visit.finish", "subject": fresh(), "at": now, "offset_ms": 0, "seen_seq": 0, "body": body}, photos


def _part(process: psutil.Process) -> str:
    """web, work, decoder or supervisor, by the nearest ancestor that says."""
    for one in [process, *process.parents()]:
        try:
            words = " ".join(one.cmdline())
        except psutil.Error:
            continue
        if "decode_child" in words:
            return "decoder"
        if "fieldbook.ops web" in words:
            return "web"
        if "fieldbook.ops work" in words:
            return "work"
    return "supervisor"


def _spent(root: psutil.Process) -> dict[str, float]:
    from tests.bench.crowd import cpu_by_part

    return cpu_by_part(root, _part)


class _Decoder:
    """Holds the job runner still while the receipts are measured, so that the two costs can be told apart."""

    def __init__(self, root: psutil.Process) -> None:
        self.root = root

    def __enter__(self) -> None:
        self._each("suspend")

    def __exit__(self, *_: object) -> None:
        self._each("resume")

    def _each(self, verb: str) -> None:
        for process in self.root.children(recursive=True):
            if _part(process) == "work":
                getattr(process, verb)()


class _Memory:
    """The greatest proportional set size of the whole server, sampled."""

    def __init__(self, root: psutil.Process) -> None:
        self.root, self.most, self.going = root, 0.0, True
        self.thread = threading.Thread(target=self._sample, daemon=True)
        self.thread.start()

    def _sample(self) -> None:
        while self.going:
            total = 0.0
            for process in [self.root, *self.root.children(recursive=True)]:
                try:
                    total += process.memory_full_info().pss
                except psutil.Error:
                    continue
            self.most = max(self.most, total / 2**20)
            time.sleep(0.5)

    def stop(self) -> float:
        self.going = False
        self.thread.join()
        return self.most


def _until_decoded(folder: Path, *, within: float = 120) -> None:
    import sqlcipher3.dbapi2 as sqlite

    until = time.monotonic() + within
    with sqlite.connect(folder / "fieldbook.sqlite") as connection:
        while connection.execute("SELECT count(*) FROM photo WHERE checked_at IS NULL").fetchone()[0]:
            if time.monotonic() > until:
                raise RuntimeError("the decoder does not come to an end")
            time.sleep(0.1)


def _wait(port: int, path: str, *, within: float = 20) -> None:
    until = time.monotonic() + within
    while True:
        try:
            Line(port).ask("GET", path)
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
