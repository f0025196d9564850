"""What the gate tells the application of a request, the WSGI environ and nothing else; and what it hears back, in one piece."""

import sys
from typing import IO, Any

from .heap import Heap

#: what an answer may take in memory before it goes to disk
ANSWER_BYTES = 1_048_576

#: `proxy` would become HTTP_PROXY, which HTTP clients obey; the others have their own place
NOT_PASSED_ON = {"content-length", "content-type", "transfer-encoding", "proxy"}
ALWAYS: dict[str, Any] = dict.fromkeys(("wsgi.input_terminated", "wsgi.multithread", "wsgi.multiprocess"), True)
ALWAYS |= {"SCRIPT_NAME": "", "wsgi.version": (1, 0), "wsgi.run_once": False}


def environ_of(scope: Any, body: IO[bytes], length: int) -> dict[str, Any]:
    """The WSGI environ: nothing of the process's environment, and no header whose name could forge another's."""
    environ = ALWAYS | {
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string.encode().decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "CONTENT_TYPE": scope.headers.get("content-type", ""),
        "CONTENT_LENGTH": str(length),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
    }
    environ["SERVER_NAME"], _, environ["SERVER_PORT"] = scope.server.rpartition(":")
    if scope.authority:
        environ["HTTP_HOST"] = scope.authority
    for name, value in scope.headers.items():
        key = "HTTP_" + name.upper().replace("-", "_")
        if "_" not in name and name not in NOT_PASSED_ON:
            environ[key] = f"{environ[key]}{'; ' if name == 'cookie' else ','}{value}" if key in environ else value
    return environ


def answer_of(wsgi: Any, environ: dict[str, Any]) -> tuple[int, list[tuple[str, str]], Any]:
    """The application's status, headers and whole answer: bytes, or a file if it is big.

    Never a stream: granian takes one faster than a slow reader does, without limit, and cannot take back
    the beginning of an answer whose end fails.
    """
    begun: list[Any] = []
    answer = Heap(ANSWER_BYTES)

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        begun[:] = [int(status[:3]), [(name.lower(), value) for name, value in headers]]
        return answer.add

    parts = wsgi(environ, start_response)
    try:
        for part in parts:
            answer.add(part)
    except BaseException:
        answer.close()
        raise
    finally:
        getattr(parts, "close", bool)()
    return begun[0], begun[1], b"".join(answer.pieces) if answer.disk is None else answer.file()
