"""JSON read as a shape: by many threads at once, each shape for the first time."""

import os
import re
import subprocess
import sys

from tests import servers

MANY_AT_ONCE = """
import sys, threading, msgspec
from fieldbook.kernel import decode
sys.setswitchinterval(1e-6)
for _ in range(60):
    class Inner(msgspec.Struct):
        a: int
        b: str | None = None
        c: "list[int] | None" = None
    globals()["Inner"] = Inner
    class Outer(msgspec.Struct):
        one: "Inner"
        many: "list[Inner]"
    gate, read = threading.Barrier(8), []
    def go():
        gate.wait()
        read.append(decode(b'{"one": {"a": 1, "c": [1]}, "many": [{"a": 1}, {"a": 2}]}', Outer).many[1].a)
    crowd = [threading.Thread(target=go) for _ in range(8)]
    [one.start() for one in crowd]
    [one.join() for one in crowd]
    assert read == [2] * 8, read
"""


def test_many_threads_that_meet_a_shape_at_once_all_read_it_and_the_process_lives():
    """With msgspec alone a worker that had just started died when several phones sent at once."""
    done = subprocess.run([sys.executable, "-c", MANY_AT_ONCE], env={**os.environ, "PYTHONPATH": str(servers.ROOT / "inspect")}, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


def test_every_room_reads_its_shapes_by_it():
    """msgspec itself is asked only for plain JSON, or for plain texts by name."""
    source = servers.ROOT / "inspect" / "fieldbook"
    past = re.compile(r"msgspec\.(json\.)?(decode|convert)\([^\n]*(type=(?!dict\[str, str\])|, [A-Z]\w+\))")

    assert [str(file.relative_to(source)) for file in source.rglob("*.py") if past.search(file.read_text("utf-8"))] == []
