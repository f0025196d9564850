"""./run serve: one command, whose processes hold together whatever is killed, and which says plainly why it cannot start."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.servers import ROOT, Fieldbook, fieldbook, free_port

pytestmark = pytest.mark.xdist_group("serving")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with fieldbook(tmp_path_factory.mktemp("serving") / "instance") as running:
        yield running


@pytest.mark.parametrize("kind", ["web", "worker", "work"])
def test_whichever_process_is_killed_is_started_again_and_leaves_no_orphan(server, kind):
    before = kinds(server)
    victim = before[kind][0]
    lost = [victim, *below(server, victim)]

    os.kill(victim, signal.SIGKILL)

    eventually(lambda: as_many_without(lost, server, before), within=60)
    assert eventually(lambda: answers(server), within=20)


def test_a_page_is_answered_while_one_worker_is_dead(server):
    os.kill(kinds(server)["worker"][0], signal.SIGKILL)

    assert eventually(lambda: answers(server), within=5)

    eventually(lambda: len(kinds(server)["worker"]) == 2, within=60)


def test_nothing_is_left_when_the_supervisor_is_killed(tmp_path):
    with fieldbook(tmp_path / "instance") as server:
        server.kill()

        assert server.left_behind() == {}


@pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_stops_when_asked_and_leaves_nothing(tmp_path, name):
    with fieldbook(tmp_path / "instance") as server:
        code = server.stop(name, within=19)

        assert (code, server.left_behind()) == (0, {})
        assert "Traceback" not in server.said()


def test_it_starts_again_at_once_after_it_was_killed(tmp_path):
    with fieldbook(tmp_path / "instance") as first:
        first.kill()

        with fieldbook(tmp_path / "instance", port=first.port) as second:
            assert answers(second)


def test_a_taken_port_is_said_in_a_sentence(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        assert f"Port {port} is in use" in refused("--instance", str(tmp_path / "instance"), "--port", str(port))


def test_a_second_server_on_the_same_instance_is_refused(server):
    assert "already serving" in refused("--instance", str(server.instance), "--port", str(free_port()))


def test_a_folder_that_cannot_be_written_is_said_in_a_sentence():
    assert "cannot be written" in refused("--instance", "/proc/fieldbook", "--port", str(free_port()))


@pytest.mark.parametrize("text", ["county = ", "county = 3", "colour = 'red'", "\udcff"])
def test_broken_settings_are_said_in_a_sentence(tmp_path, text):
    (tmp_path / "settings.toml").write_bytes(text.encode("utf-8", "surrogateescape"))

    assert "The settings cannot be used" in refused("--instance", str(tmp_path), "--port", str(free_port()))


def test_a_real_county_is_not_filled_with_invented_data(server):
    assert "real county" in refused("--demo", "--instance", str(server.instance), "--port", str(free_port()))


def test_a_database_that_does_not_open_is_said_in_a_sentence(tmp_path):
    tmp_path.joinpath("fieldbook.sqlite").write_bytes(b"not a database" * 1000)

    assert "database does not open" in refused("--instance", str(tmp_path), "--port", str(free_port()))


def test_an_old_python_is_said_in_a_sentence(tmp_path):
    said = bare_run(tmp_path, python="echo 'Python 3.9.2'; exit 1")

    assert "Python 3.11 to 3.14 is needed, this machine has Python 3.9.2" in said


def test_a_missing_venv_module_is_said_with_the_command_that_brings_it(tmp_path):
    said = bare_run(tmp_path, python=f'case "$*" in *ensurepip,*) exit 1;; *) exec {sys.executable} "$@";; esac')

    assert "type: sudo apt install python3." in said


def refused(*words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "fieldbook.ops", "serve", *words],
        env={**os.environ, "PYTHONPATH": str(ROOT / "inspect"), "PYTHONUTF8": "1"},
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    said = done.stdout + done.stderr
    assert done.returncode > 0
    assert "Traceback" not in said
    assert len(said.splitlines()) == 2, said
    return said


def bare_run(folder: Path, *, python: str) -> str:
    """`./run serve` in a folder without packages, on a machine that has little more than this `python3`."""
    shutil.copy(ROOT / "run", folder / "run")
    programs = folder / "bin"
    programs.mkdir()
    for name in ("bash", "env", "readlink", "dirname", "flock", "cat", "grep"):
        (programs / name).symlink_to(shutil.which(name) or "/missing")
    (programs / "python3").write_text(f"#!/bin/bash\n{python}\n")
    (programs / "python3").chmod(0o755)
    done = subprocess.run([folder / "run", "serve"], env={"PATH": str(programs)}, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 2, done.stderr
    return done.stderr


def kinds(server: Fieldbook) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {"web": [], "worker": [], "work": [], "decoder": []}
    for pid, command in server.processes().items():
        if "decode_child" in command:
            found["decoder"].append(pid)
        elif "fieldbook.ops work" in command:
            found["work"].append(pid)
        elif "fieldbook.ops web" in command:
            found["web" if parent(pid) == server.process.pid else "worker"].append(pid)
    return found


def as_many_without(lost: list[int], server: Fieldbook, before: dict[str, list[int]]) -> bool:
    """Whether every kind is there in its number again, and none of the lost is left."""
    now = kinds(server)
    return all(len(now[kind]) == len(before[kind]) for kind in before) and not any(pid in lost for ids in now.values() for pid in ids)


def below(server: Fieldbook, pid: int) -> list[int]:
    return [other for other in server.processes() if other != pid and parent(other) == pid]


def parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def answers(server: Fieldbook) -> bool:
    try:
        with urllib.request.urlopen(f"{server.address}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def eventually(what, *, within: float):
    until = time.monotonic() + within
    while not (found := what()) and time.monotonic() < until:
        time.sleep(0.1)
    assert found, f"not within {within} s"
    return found
