"""What Fieldbook costs: one line a figure, each against a named limit, ratios from one run.

`./run bench` runs all; `./run bench visit shell uploads phone growth desk reading` runs those named, `server` visit, reading and uploads; `--json` prints one JSON list.
"""

import argparse
import json
import sys
from collections.abc import Callable

from . import desk, growth, phone, reading, shell, uploads, visit
from .figure import Figure

BENCHES: dict[str, Callable[[], list[Figure]]] = {
    "visit": visit.run,
    "shell": shell.run,
    "uploads": uploads.run,
    "phone": phone.run,
    "growth": growth.run,
    "desk": desk.run,
    "reading": reading.run,
}
#: several under one name: all that the server is judged by
TOGETHER = {"server": ["visit", "reading", "uploads"]}


def main() -> int:
    words = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    words.add_argument("names", nargs="*", metavar="NAME", help=", ".join([*BENCHES, *TOGETHER]))
    words.add_argument("--json", action="store_true")
    told = words.parse_args()
    names = [one for name in told.names or BENCHES for one in TOGETHER.get(name, [name])]
    unknown = set(names) - set(BENCHES)
    if unknown:
        words.error(f"no such bench: {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}")
    figures: list[Figure] = []
    for name in names:
        for figure in BENCHES[name]():
            figures.append(figure)
            if not told.json:
                print(figure.line(), flush=True)
    if told.json:
        print(json.dumps([figure.plain() for figure in figures], ensure_ascii=False, indent=1))
    return 0 if all(figure.ok for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
