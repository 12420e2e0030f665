"""Programs that a script starts, each with a log file of its own, and stops by their ids."""

import asyncio
import contextlib
import inspect
import pathlib
import signal
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

from harness.report import Failed


class Process:
    """A command that is started, awaited and stopped. `options` are those of subprocess.Popen."""

    def __init__(self, command: Sequence[Any], log: pathlib.Path, **options: Any) -> None:
        self.command = command
        self.log = log
        self.options = options
        self.started: subprocess.Popen[bytes] | None = None

    @property
    def process(self) -> subprocess.Popen[bytes]:
        if self.started is None:
            raise Failed(f"{self.log.stem} has not been started")
        return self.started

    def start(self) -> None:
        with open(self.log, "ab") as output:
            self.started = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, **self.options
            )

    def ask_to_stop(self) -> None:
        if self.started and self.started.poll() is None:
            self.started.send_signal(signal.SIGTERM)

    async def stop(self, seconds: float = 40) -> int | None:
        """Returns its exit status; None if it was not started."""
        if self.started is None:
            return None
        self.ask_to_stop()
        if await until(lambda: self.process.poll() is not None, seconds) is None:
            self.process.kill()
        return await asyncio.to_thread(self.process.wait)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        self.start()
        try:
            yield
        finally:
            await self.stop()

    async def until(
        self, is_ready: Callable[[], bool | Awaitable[bool]], seconds: float = 180, pause: float = 0.05
    ) -> None:
        """Waits until it does what it is for; raises with its last words if it does not."""
        end = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < end:
            ready = is_ready()
            if await ready if inspect.isawaitable(ready) else ready:
                return
            await asyncio.sleep(pause)
        tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
        raise Failed(f"{self.log.stem} is not ready; its last words:\n{tail}")


async def until(condition: Callable[[], bool], seconds: float) -> float | None:
    """Waits for a condition; returns how long it took, or None when the time is over."""
    start = time.monotonic()
    while not condition():
        if time.monotonic() - start > seconds:
            return None
        await asyncio.sleep(0.005)
    return time.monotonic() - start


def accepts(where: int | pathlib.Path) -> bool:
    """Whether a process accepts connections on a port or a UNIX socket."""
    port = isinstance(where, int)
    with socket.socket(socket.AF_INET if port else socket.AF_UNIX) as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", where) if port else str(where)) == 0


def free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def free_port() -> int:
    return free_ports(1)[0]
