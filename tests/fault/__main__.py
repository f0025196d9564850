"""`./run fault [--hours N] [--seed N] [NAME…]`: the harnesses of durability, longer than the tests run them.

Each round runs every harness once with seeds of its own; rounds follow until the hours are over, at least one. At the end
stands what was reached. A harness that goes red stops it all, and prints the command that replays it.
"""

import argparse
import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from tests.servers import ROOT


@dataclass(frozen=True)
class Harness:
    """Tests that take a seed and a size, and the counts in what they print."""

    name: str
    tests: str
    #: seed -> what the tests are told in the environment
    told: Callable[[int], dict[str, str]]
    #: seed -> options of pytest
    options: Callable[[int], list[str]]
    #: what is counted, by the words that follow a number
    counted: tuple[str, ...]


HARNESSES = (
    Harness(
        "server-killed",
        "tests/fault/test_server_killed.py",
        lambda seed: {"FIELDBOOK_KILLS": "50", "FIELDBOOK_SEED": str(seed), "FIELDBOOK_KILLING_SECONDS": "900"},
        lambda _seed: ["-s"],
        ("kills", "commands", "photos"),
    ),
    Harness(
        "server-dies-at-each-step",
        "tests/fault/test_dies_at_each_step.py",
        lambda _seed: {},
        lambda _seed: [],
        ("passed",),
    ),
    Harness(
        "phone-simulated",
        "tests/js",
        lambda _seed: {},
        lambda seed: ["-s", "--seeds", "300", "--first", str(1 + 300 * (seed - 1)), "-k", "bad_day"],
        ("days",),
    ),
)


def run(harness: Harness, seed: int) -> Counter[str]:
    """One round of one harness; what it reached. Raises SystemExit with what it printed when it is red."""
    command = [sys.executable, "-m", "pytest", "-q", harness.tests, *harness.options(seed)]
    told = harness.told(seed)
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **told},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        again = " ".join(
            [*(f"{name}={value}" for name, value in told.items()), "./run test", harness.tests, *harness.options(seed)]
        )
        raise SystemExit(f"{done.stdout}\n{harness.name} is red with seed {seed}. Again: {again}")
    return Counter(
        {
            f"{harness.name}: {words}": sum(map(int, re.findall(rf"(\d+) {words}\b", done.stdout)))
            for words in harness.counted
        }
    )


def main() -> None:
    asked = argparse.ArgumentParser(prog="./run fault", description=__doc__)
    asked.add_argument(
        "--hours", type=float, default=0.0, help="go on until so many hours are over; without it, one round"
    )
    asked.add_argument("--seed", type=int, default=1, help="of the first round; each round takes the next")
    asked.add_argument("names", nargs="*", metavar="NAME", help=", ".join(one.name for one in HARNESSES))
    given = asked.parse_args()
    if unknown := set(given.names) - {one.name for one in HARNESSES}:
        asked.error(f"there is no harness {', '.join(sorted(unknown))}")
    chosen = [one for one in HARNESSES if not given.names or one.name in given.names]
    reached: Counter[str] = Counter()
    began, seed = time.monotonic(), given.seed
    while True:
        for harness in chosen:
            reached += run(harness, seed)
            print(f"seed {seed} · {harness.name} · {(time.monotonic() - began) / 60:.0f} min", flush=True)
        seed += 1
        if time.monotonic() - began >= given.hours * 3600:
            break
    print("\n".join(f"{number:>9,}  {name}" for name, number in sorted(reached.items())))


if __name__ == "__main__":
    main()
