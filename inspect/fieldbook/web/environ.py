"""What the gate tells the application of a request: the WSGI environ, and nothing else."""

import sys
from typing import IO, Any

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
