"""The supervisor: one command that opens an instance and keeps its web server and its job runner alive."""

import errno
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width
from urllib.parse import urlsplit

from .instance import hold, make_instance
from .processes import Kept
from .unready import Unready

#: after SIGTERM: granian gives running requests 20 s
STOP_SECONDS = 25
#: longest wait for the first answer after the start
READY_SECONDS = 60
#: a certificate that ends sooner is made anew
RENEW_SECONDS = 30 * 86_400


@dataclass(frozen=True)
class Plain:
    """The plain-http port beside https, and whether a new authority was asked for."""

    port: int
    anew: bool = False


def serve(folder: Path, *, host: str, port: int, demo: bool, https: Plain | None = None) -> int:
    """Open an instance, serve it, and keep serving until Ctrl-C or SIGTERM. Returns the exit code; raises Unready.

    https: speak TLS with a certificate of the county's own authority, and say on a plain port how to trust it.
    """
    stopping = _Stopping()
    demo = make_instance(folder, demo=demo)
    with hold(folder):
        for one in (port, *([https.port] if https else [])):
            reserve_port(host, one)
        # glibc would keep an arena of freed photos for each thread: 382 MB in all where two arenas hold 328
        environment = {"MALLOC_ARENA_MAX": "2", **os.environ, "FIELDBOOK_INSTANCE": str(folder), "TMPDIR": str(folder / "incoming")}
        words = ["--demo"] if demo else []
        if https:
            words += ["--https", f"{host},{port}", "--plain-port", str(https.port), *(["--new-authority"] if https.anew else [])]
        opened = _open(folder, environment, stopping, words)
        tls = opened.get("tls")
        web = Kept("web", ["web", "--host", host, "--port", str(port), *(["--tls", str(folder / "tls")] if tls else [])], environment=environment, folder=folder)
        work = Kept("work", ["work"], environment=environment, folder=folder)
        children = [web, work]
        renewal = None
        if https and tls:
            shown = ["plain", "--host", host, "--port", str(https.port), "--folder", str(folder / "tls" / "shown"), "--origin", tls["origin"]]
            children.append(Kept("plain", shown, environment=environment, folder=folder))
            renewal = Renewal(tls["ends_at"], lambda: _renewed(folder, environment))
        try:
            _wait_until_open(web, host, port, stopping, tls=bool(tls))
            if not stopping:
                print(welcome(opened, host, port), flush=True)
            while not stopping:
                for child in children:
                    if ended := child.look():
                        print(f"{child.name} 意外停止，即将重新启动 / {child.name} ended ({ended}) and is started again", file=sys.stderr, flush=True)
                if renewal and renewal.look(time.time()):
                    web.again(within=STOP_SECONDS)
                time.sleep(0.25)
            for child in children:
                child.stop()
            _wait_for_the_end(children, stopping)
        finally:
            for child in children:
                child.kill()
    return 0


class Renewal:
    """When the certificate of a server that runs for long is made anew: looked at twice a day.

    ends_at: the certificate's end, seconds since 1970. renew: makes it anew if it is time and gives its end.
    """

    def __init__(self, ends_at: float, renew: Callable[[], float]) -> None:
        self.ends_at, self.renew = ends_at, renew
        self.next_at = 0.0

    def look(self, now: float) -> bool:
        """Whether there is a new certificate, so that the server has to read it. now: seconds since 1970."""
        if now < self.next_at or self.ends_at - now > RENEW_SECONDS:
            return False
        self.next_at = now + 43_200
        before, self.ends_at = self.ends_at, self.renew()
        return self.ends_at > before


def _renewed(folder: Path, environment: dict[str, str]) -> float:
    """The certificate's end after another process, whose memory is given back, has made it anew; 0 when it could not."""
    command = [sys.executable, "-P", "-m", "fieldbook.ops", "certificate"]
    done = subprocess.run(command, env=environment, cwd=folder, stdout=subprocess.PIPE, text=True, check=False)
    return float(done.stdout) if done.returncode == 0 else 0.0


class _Stopping:
    """Whether someone asked the server to stop; asked twice, nothing is waited for."""

    def __init__(self) -> None:
        self.asked = 0
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, self._ask)

    def _ask(self, *_: object) -> None:
        self.asked += 1

    def __bool__(self) -> bool:
        return self.asked > 0


def reserve_port(host: str, port: int) -> None:
    """Make sure that nobody else serves here; granian itself would silently share the port. Raises Unready.

    A server that was just killed may need a moment to let go of it.
    """
    until = time.monotonic() + 3
    while True:
        try:
            family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
            with socket.socket(family, kind, proto) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
                return
        except (OSError, OverflowError) as reason:
            number = getattr(reason, "errno", None)
            if number == errno.EADDRINUSE and time.monotonic() < until:
                time.sleep(0.2)
                continue
            if number == errno.EADDRINUSE:
                zh, en = f"端口 {port} 已被别的程序占用。请换一个：--port {port + 1}", f"Port {port} is in use by another program. Take another one: --port {port + 1}"
            elif number == errno.EACCES:
                zh, en = f"没有权限使用端口 {port}。请用 1024 以上的端口，例如 --port 8000", f"Port {port} needs more rights. Take one above 1024, such as --port 8000"
            else:
                zh, en = f"无法在 {host}:{port} 上提供服务（{reason}）。请检查 --host 和 --port。", f"Cannot serve at {host}:{port} ({reason}). Check --host and --port."
            raise Unready(zh, en) from None


def _open(folder: Path, environment: dict[str, str], stopping: _Stopping, words: list[str]) -> dict[str, Any]:
    """Bring the database up to date, in a process of its own whose memory is given back."""
    command = [sys.executable, "-P", "-m", "fieldbook.ops", "init", "--json", "--parent", str(os.getpid()), *words]
    with subprocess.Popen(command, env=environment, cwd=folder, stdout=subprocess.PIPE, text=True, process_group=0) as making:
        while making.poll() is None:
            if stopping:
                making.terminate()
            time.sleep(0.05)
        said = making.stdout.read() if making.stdout else ""
    if making.returncode:
        raise SystemExit(0 if stopping else making.returncode)
    opened: dict[str, Any] = json.loads(said.splitlines()[-1])
    return opened


def _wait_until_open(web: Kept, host: str, port: int, stopping: _Stopping, *, tls: bool) -> None:
    until = time.monotonic() + READY_SECONDS
    while not stopping:
        if web.child.poll() is not None or time.monotonic() > until:
            raise Unready("网页服务没有启动，原因见上面的信息。", "The web server did not start; what it said stands above.")
        if _answers(reachable(host), port, tls=tls):
            return
        time.sleep(0.1)


def _answers(host: str, port: int, *, tls: bool) -> bool:
    try:
        with ExitStack() as open_until_said:
            connection = open_until_said.enter_context(socket.create_connection((host, port), timeout=2))
            if tls:
                any_certificate = ssl.create_default_context()
                any_certificate.check_hostname, any_certificate.verify_mode = False, ssl.CERT_NONE
                connection = open_until_said.enter_context(any_certificate.wrap_socket(connection))
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return connection.recv(12).startswith(b"HTTP/1.1 ")
    except OSError:
        return False


def _wait_for_the_end(children: Sequence[Kept], stopping: _Stopping) -> None:
    began, told = time.monotonic(), False
    while any(child.child.poll() is None for child in children) and stopping.asked < 2:
        waited = time.monotonic() - began
        if waited > STOP_SECONDS:
            return
        if waited > 1 and not told:
            print("正在等未完成的请求，再按一次 Ctrl-C 立即停止 / Waiting for running requests; Ctrl-C again stops at once", file=sys.stderr, flush=True)
            told = True
        time.sleep(0.05)


def reachable(host: str) -> str:
    """The address to knock at for a server that listens on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104 asked about, not bound


def addresses_here() -> list[str]:
    """This machine's addresses in its own network, and its name there; nothing is sent to find out."""
    found: list[str] = []
    for family, far in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((far, 9))  # of a datagram socket: only chooses the way out
            found.append(str(probe.getsockname()[0]))
    name = socket.gethostname().split(".")[0].lower()
    if (
        name
        and name != "localhost"
        and all(letter.isascii() and (letter.isalnum() or letter == "-") for letter in name)
    ):
        found.append(f"{name}.local")
    return found


def welcome(opened: dict[str, Any], host: str, port: int) -> str:
    """What a person reads once the server is open: where it is, and who can log in."""
    shown, tls = reachable(host), opened.get("tls")
    here = tls["origin"] if tls else f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"
    address = opened.get("origin") or here
    lines = ["", f"巡查簿 Fieldbook · {opened['county']} {opened['county_en']}", ""]
    rows = [("办公 Office", f"{address}/"), ("手机 Phone", f"{address}/app/")]
    if opened.get("first_door"):
        rows.append(("创建首位管理员 First administrator", f"{here}/setup/{opened['first_door']}"))
    lines += table(rows)
    if opened.get("logins"):
        lines += ["", "演示账号 Demo logins", *table([("账号 Login", "密码 Password", "姓名 Name", "职责 Duty"), *map(tuple, opened["logins"])])]
    if tls:
        lines += ["", "每台设备先打开这一页，信任本县的证书 / Every device first opens this page, to trust the county's authority", "", *table([("信任 Trust", tls["trust"])])]
        lines += ["", tls["qr"], "", "证书指纹 SHA-256 fingerprint", f"  {tls['fingerprint'][:47]}", f"  {tls['fingerprint'][48:]}"]
        asked = urlsplit(tls["origin"]).port or 443
        if asked != port:
            lines += ["", f"网址定的是 {tls['origin']}，服务却在 {port} 端口：请用 --port {asked}，或在路由器上转接。", f"The origin is {tls['origin']} but port {port} is served: use --port {asked}, or have it forwarded."]
    elif host not in ("127.0.0.1", "::1", "localhost") and not str(opened.get("origin", "")).startswith("https:"):
        lines += ["", "手机离线使用需要 https 地址：请加 --https，或在 settings.toml 里设置 origin。", "Phones work offline only under an https address: add --https, or set origin in settings.toml."]
    return "\n".join([*lines, "", "按 Ctrl-C 停止 / Ctrl-C stops it", ""])


def table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Rows in columns; a Chinese character takes two cells of a terminal."""
    widths = [max(_cells(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  " + "   ".join(text + " " * (width - _cells(text)) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _cells(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
