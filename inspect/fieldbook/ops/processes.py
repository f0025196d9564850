"""Processes that never outlive the one that started them."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

_PR_SET_PDEATHSIG = 1


def die_with(parent: int) -> None:
    """Have the kernel kill this process the moment its parent (a process id) is gone, however it went."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it went before we asked
        os._exit(1)


class Kept:
    """A child of the supervisor that is started again whenever it ends.

    It is alone in a process group, so that Ctrl-C reaches the supervisor only, which stops it in order.
    """

    def __init__(self, name: str, arguments: list[str], *, environment: dict[str, str], folder: Path) -> None:
        self.name = name
        self.command = [sys.executable, "-P", "-m", "fieldbook.ops", *arguments, "--parent", str(os.getpid())]
        self.environment, self.folder = environment, folder
        self.starts_again_at = 0.0
        self.pause = 1.0
        self.start()

    def start(self) -> None:
        """Start the child now."""
        self.began = time.monotonic()
        self.child = subprocess.Popen(self.command, env=self.environment, cwd=self.folder, stdin=subprocess.DEVNULL, process_group=0)

    def look(self) -> str | None:
        """Start the child again if it has ended, after a pause that grows from 1 to 30 s while it keeps ending early.

        Returns how it ended, once, when that is seen first.
        """
        if (code := self.child.poll()) is None:
            return None
        now = time.monotonic()
        if self.starts_again_at <= self.began:
            self.pause = min(self.pause * 2, 30.0) if now - self.began < 10 else 1.0
            self.starts_again_at = now + self.pause
            return signal.Signals(-code).name if code < 0 else f"code {code}"
        if now >= self.starts_again_at:
            self.start()
        return None

    def stop(self) -> None:
        """Ask the child to finish what it is doing and end."""
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)

    def again(self, *, within: float) -> None:
        """Ask the child to end, wait for `within` seconds at most, and start it again."""
        self.stop()
        until = time.monotonic() + within
        while self.child.poll() is None and time.monotonic() < until:
            time.sleep(0.05)
        self.kill()
        self.start()

    def kill(self) -> None:
        """End the child and all it started, now."""
        if self.child.poll() is None:
            os.killpg(self.child.pid, signal.SIGKILL)
            self.child.wait()
