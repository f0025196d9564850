"""A small proxy on loopback that can lose one answer: the request has arrived and taken effect, nobody hears of it."""

import socket
import threading
from collections.abc import Callable
from types import TracebackType

from tests.servers import free_port


class Proxy:
    """Passes bytes both ways between its own port and a server's; `swallow` loses the next answer to a kind of request."""

    def __init__(self, to: int) -> None:
        self.to, self.port = to, free_port()
        self.swallowed = 0
        self._what: bytes | None = None
        self._then: Callable[[], None] = lambda: None
        self._door = socket.create_server(("127.0.0.1", self.port))

    def swallow(self, request: str, *, then: Callable[[], None]) -> None:
        """Lose the next answer to a request that begins so, and do `then` once the server has given it."""
        self._what, self._then = request.encode(), then

    def __enter__(self) -> "Proxy":
        threading.Thread(target=self._welcome, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._door.close()

    def _welcome(self) -> None:
        while True:
            try:
                guest, _ = self._door.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(guest,), daemon=True).start()

    def _serve(self, guest: socket.socket) -> None:
        try:
            host = socket.create_connection(("127.0.0.1", self.to))
        except OSError:
            guest.close()
            return
        losing = threading.Event()
        with guest, host:
            asking = threading.Thread(target=self._pass, args=(guest, host, losing, True), daemon=True)
            asking.start()
            self._pass(host, guest, losing, False)
            asking.join()

    def _pass(self, one: socket.socket, other: socket.socket, losing: threading.Event, is_request: bool) -> None:
        try:
            while data := one.recv(65_536):
                if is_request and self._what and self._what in data:
                    self._what = None
                    losing.set()
                if not is_request and losing.is_set():
                    self.swallowed += 1
                    self._then()
                    break
                other.sendall(data)
        except OSError:
            pass
        finally:
            for end in (one, other):
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue
