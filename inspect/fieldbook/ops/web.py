"""The process that owns the web workers: granian in RSGI mode behind our gate."""

import multiprocessing
import os
import resource

from .processes import die_with

WORKERS = 2
#: connections a worker holds at once, idle and stalled ones included
CONNECTIONS = 4096
#: longest wait for running requests when the server is stopped
FINISH_SECONDS = 20


def run_web(host: str, port: int) -> None:
    """Serve until SIGTERM; running requests are finished first. A worker that dies is replaced."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

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
        log_level=LogLevels.error,
    ).serve()


def open_gate() -> object:
    """What each worker serves. Workers outlive a killed granian otherwise, and go on serving beside the next one."""
    parent = multiprocessing.parent_process()
    die_with(parent.pid if parent and parent.pid else os.getppid())
    from fieldbook import create_app
    from fieldbook.web import logs
    from fieldbook.web.gate import Gate

    logs.install()
    return Gate(create_app())
