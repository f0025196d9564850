"""A full disk: nothing is acknowledged that is not kept, and the server goes on by itself once there is room."""

import os
import subprocess
import sys

import pytest

from fieldbook.kernel import database
from tests.servers import ROOT


def test_with_little_room_left_commands_wait_and_go_on_when_there_is_room(town, as_, monkeypatch):
    if town.session.get_bind().dialect.name != "sqlite":
        pytest.skip("PostgreSQL looks after its own disk")
    lin = as_("lin")
    command = lin.command("finding.report", "0b9d1c3e-0000-4000-8000-000000000001", {"zone": "", "photos": []})

    monkeypatch.setattr(database, "RESERVE_BYTES", 1 << 60)
    [waits] = lin.push(command)
    page = lin.post("/api/logout", {})
    monkeypatch.undo()
    [goes_on] = lin.push(command)

    assert (waits["answer"], waits["code"]) == ("retry", "kernel.no_room")
    assert (page.status_code, page.json["code"], bool(page.headers["Retry-After"])) == (503, "kernel.no_room", True)
    assert goes_on["answer"] == "refused"  # for what is wrong with it


def test_a_disk_that_is_really_full_loses_nothing_it_acknowledged(tmp_path):
    script = f"mount -t tmpfs -o size=24m none {tmp_path} && exec {sys.executable} -P -m tests.fault.full_disk {tmp_path}/instance"
    surroundings = {**os.environ, "PYTHONPATH": f"{ROOT}/inspect:{ROOT}", "PYTHONUTF8": "1"}
    try:
        done = subprocess.run(["unshare", "--mount", "--map-root-user" if os.geteuid() else "--fork", "sh", "-c", script], env=surroundings, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    except FileNotFoundError:
        pytest.skip("unshare is not on this machine")
    if "unshare failed" in done.stderr or "mount:" in done.stderr:
        pytest.skip("no file system may be mounted here")

    assert done.stdout.splitlines() == ["with room ok", "full retry", "photo 507", "freed ok 200", "lost 0 chain 0", "integrity ok"], done.stderr
