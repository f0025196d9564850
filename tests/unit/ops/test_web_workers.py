"""The web server's beginning: what its workers hold in common."""

import os
import subprocess
import sys
from pathlib import Path

from tests import servers
from tests.conftest import make_county

LOOKS = """
import os
from fieldbook.ops.web import prepared
prepared()
for number in os.listdir("/proc/self/fd"):
    try:
        print(os.readlink(f"/proc/self/fd/{number}"))
    except OSError:
        pass
"""


def test_nothing_of_the_county_is_open_when_the_workers_part(tmp_path: Path):
    """A lock or a database line that two workers had in common would let both of them write at once."""
    make_county(tmp_path / "instance")
    surroundings = {**os.environ, "PYTHONPATH": str(servers.ROOT / "inspect"), "FIELDBOOK_INSTANCE": str(tmp_path / "instance")}

    said = subprocess.run([sys.executable, "-c", LOOKS], env=surroundings, capture_output=True, text=True, check=True).stdout

    assert "/dev/null" in said or "pipe:" in said
    assert str(tmp_path) not in said
