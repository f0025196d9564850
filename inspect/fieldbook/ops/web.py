"""The process that owns the web workers: granian in RSGI mode behind our gate."""

import asyncio
import gc
import multiprocessing
import os
import resource
import signal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from .processes import die_with

if TYPE_CHECKING:
    from flask import Flask

WORKERS = 2
#: connections a worker holds at once, idle and stalled ones included
CONNECTIONS = 4096
#: longest wait for running requests when the server is stopped
FINISH_SECONDS = 20
#: how long after its start a worker is sure to hear a request to stop
OPEN_SECONDS = 0.3
#: requests at once on one HTTP/2 connection, and the most bytes of headers of each
STREAMS, HEADER_BYTES = 100, 65_536
STOPS = {signal.SIGINT, signal.SIGTERM}


def run_web(host: str, port: int, *, tls: Path | None = None) -> None:
    """Serve until SIGTERM; running requests are finished first. A worker that dies is replaced.

    tls: the folder of server.pem and server.key; with it nothing but TLS is spoken here, HTTP/2 to whoever can.
    """
    from granian.constants import Interfaces, SSLProtocols
    from granian.http import HTTP2Settings
    from granian.log import LogLevels
    from granian.server import Server

    prepared()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 4 * CONNECTIONS  # a connection, its body's file, its answer's file, its database
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most))
    Server(
        "fieldbook.ops.web:open_gate",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        websockets=False,
        workers=WORKERS,
        backpressure=CONNECTIONS,
        respawn_failed_workers=True,
        workers_kill_timeout=FINISH_SECONDS,
        http2_settings=HTTP2Settings(
            max_concurrent_streams=STREAMS, max_headers_size=HEADER_BYTES, keep_alive_interval=30_000
        ),
        ssl_cert=tls / "server.pem" if tls else None,
        ssl_key=tls / "server.key" if tls else None,
        ssl_protocol_min=SSLProtocols.tls12,
        log_level=LogLevels.error,
    ).serve()


@cache
def prepared() -> "Flask":
    """The application, made once before there are workers: what they only read, they hold in common."""
    from fieldbook import create_app
    from fieldbook.web import shell_of

    app = create_app()
    with app.app_context():
        shell_of()
    gc.collect()
    gc.freeze()  # what was made to start with stays for good; going through it took a twentieth of a page, 100 ms at a time
    return app


def open_gate() -> object:
    """What each worker serves, called in the worker before it serves anything.

    A request to stop that comes before granian listens for it would be lost, and the worker would stay until it is
    killed; so it is held back until a moment after the worker has opened.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
    parent = multiprocessing.parent_process()  # without which a worker would go on serving beside the next one
    die_with(parent.pid if parent and parent.pid else os.getppid())
    from fieldbook.web.gate import Gate

    class Opening(Gate):
        def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
            loop.call_later(OPEN_SECONDS, signal.pthread_sigmask, signal.SIG_UNBLOCK, STOPS)

    return Opening(prepared())
