"""The phone's outbox, store, log and server modules, run as shipped by Node: their rules one by one, and bad days made by chance."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from flask import Flask

from fieldbook.web.shell import FIRST_PARCEL, LATER_PARCEL
from tests import servers

HERE = Path(__file__).parent
CANARIES = sorted((servers.ROOT / "tests/fault/canaries").glob("phone-*.patch"))
PROCESSES = 2


def node(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [servers.node(), *words], cwd=servers.ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    said, _ = process.communicate()
    return process.returncode, said


def test_the_rules_of_outbox_store_log_and_wire():
    code, said = ended(node("--test", *map(str, sorted(HERE.glob("*.test.mjs")))))

    assert code == 0, said
    assert int(re.search(r"# tests (\d+)|ℹ tests (\d+)", said)[0].split()[-1]) > 30


@pytest.mark.parametrize("parcel", [FIRST_PARCEL, LATER_PARCEL])
def test_the_parcels_that_phones_get_are_javascript(app: Flask, tmp_path: Path, parcel: str):
    """Two names alike in one parcel would only show as a screen that stays empty."""
    sent = tmp_path / "parcel.mjs"
    sent.write_bytes(app.test_client().get(parcel).data)

    assert sent.stat().st_size > 10_000
    assert ended(node("--check", str(sent))) == (0, "")


def test_on_no_bad_day_does_the_phone_lose_repeat_or_misorder_anything(request: pytest.FixtureRequest):
    seeds, first = request.config.getoption("--seeds", 300), request.config.getoption("--first", 1)
    share = -(-seeds // PROCESSES)
    days = [
        node(f"{HERE}/simulate.mjs", "--first", str(first + i * share), "--seeds", str(share)) for i in range(PROCESSES)
    ]

    ends = [ended(one) for one in days]

    print("".join(said for _, said in ends))
    assert all(code == 0 for code, _ in ends), "".join(said for _, said in ends)


def test_the_same_seed_gives_the_same_day():
    one, other = (ended(node(f"{HERE}/simulate.mjs", "--seed", "7", "--verbose")) for _ in range(2))

    assert one == other
    assert "kept" in one[1]


@pytest.mark.parametrize("canary", CANARIES, ids=lambda canary: canary.stem)
def test_a_broken_phone_is_found_out(canary: Path, tmp_path: Path):
    phone = tmp_path / "phone"
    shutil.copytree(servers.ROOT / "static/phone", phone)
    subprocess.run(["git", "apply", "-C1", str(canary)], cwd=phone, check=True)

    seen = re.search(r"seed (\d+)", canary.read_text("utf-8"))  # where to begin: waiting for a day that is bad enough takes long
    first = seen[1] if seen else "1"
    code, said = ended(node(f"{HERE}/simulate.mjs", "--first", first, "--seeds", "1200", "--most", "1", "--phone", str(phone)))

    assert code == 1, said
    assert "again: node tests/js/simulate.mjs --seed" in said
