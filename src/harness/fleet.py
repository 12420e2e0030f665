"""Workers as processes of their own, and what can happen to them."""

import collections
import contextlib
import pathlib
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from typing import Any

from harness.constants import ROOT
from harness.process import accepts, until
from harness.report import Failed
from harness.worker import sockets_of, temporary_directory


@contextlib.asynccontextmanager
async def fleet(groups: Mapping[str, int]) -> AsyncIterator["Fleet"]:
    """Starts a process for each worker of these groups (name -> how many), in a new directory."""
    with temporary_directory() as directory:
        started = Fleet(directory, groups)
        try:
            for process in started.all:
                process.launch()
            for process in started.all:
                await process.ready()
            yield started
        finally:
            for process in started.all:
                process.kill()


class Fleet:
    def __init__(self, directory: pathlib.Path, groups: Mapping[str, int]) -> None:
        self.directory = directory
        self.groups = {
            group: [WorkerProcess(directory / name) for name in sockets_of(group, count)]
            for group, count in groups.items()
        }
        self.all = [process for group in self.groups.values() for process in group]

    def arrived(self) -> collections.Counter[str]:
        """How often each request that is no GET has come to a worker: "POST /.." -> count."""
        counts: collections.Counter[str] = collections.Counter()
        for process in self.all:
            counts.update(process.journal.read_text().splitlines())
        return counts


class WorkerProcess:
    def __init__(self, path: pathlib.Path) -> None:
        self.path = path
        self.name = path.stem
        self.journal = path.with_suffix(".journal")
        self.launched: subprocess.Popen[bytes] | None = None

    @property
    def process(self) -> subprocess.Popen[bytes]:
        if self.launched is None:
            raise Failed(f"{self.name} has not been launched")
        return self.launched

    def launch(self) -> None:
        # -S and -E, because a start without them takes half as long again
        command: list[Any] = [sys.executable, "-S", "-E", "-m", "harness.journalling_worker", self.path, self.journal]
        self.launched = subprocess.Popen(command, stdin=subprocess.PIPE, cwd=ROOT / "src")

    async def ready(self) -> None:
        if await until(lambda: accepts(self.path), 15) is None:
            raise Failed(f"{self.name} does not listen")

    def kill(self) -> None:
        """kill -9: whatever it was doing, its connections end in the middle."""
        if self.launched:
            self.launched.kill()
            self.launched.wait()

    def pause(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    async def restart(self) -> None:
        """As a service manager does it: SIGTERM, which ends a Synapse worker at once, and a start."""
        self.process.terminate()
        if await until(lambda: self.process.poll() is not None, 10) is None:
            raise Failed(f"{self.name} does not end")
        self.launch()
        await self.ready()
