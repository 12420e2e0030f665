"""Workers as processes of their own, and what can happen to them."""

import collections
import contextlib
import pathlib
import signal
import socket
import subprocess
import sys

import lib

PROGRAM = pathlib.Path(__file__).parent / "worker.py"


@contextlib.asynccontextmanager
async def fleet(groups):
    """Starts a process for each worker of these groups (name -> how many), in a new directory."""
    with lib.temporary_directory() as directory:
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
    def __init__(self, directory, groups):
        self.directory = directory
        self.groups = {
            group: [WorkerProcess(directory / name) for name in lib.sockets_of(group, count)]
            for group, count in groups.items()
        }
        self.all = [process for group in self.groups.values() for process in group]

    def arrived(self):
        """How often each request that is no GET has come to a worker: "POST /.." -> count."""
        counts = collections.Counter()
        for process in self.all:
            counts.update(process.journal.read_text().splitlines())
        return counts


class WorkerProcess:
    def __init__(self, path):
        self.path = path
        self.name = path.stem
        self.journal = path.with_suffix(".journal")
        self.process = None

    def launch(self):
        # -S and -E, because a start without them takes half as long again
        self.process = subprocess.Popen(
            [sys.executable, "-S", "-E", PROGRAM, self.path, self.journal], stdin=subprocess.PIPE
        )

    async def ready(self):
        if await lib.until(self.listens, 15) is None:
            raise lib.Failed(f"{self.name} does not listen")

    def listens(self):
        with socket.socket(socket.AF_UNIX) as probe:
            probe.setblocking(False)
            return probe.connect_ex(str(self.path)) == 0

    def kill(self):
        """kill -9: whatever it was doing, its connections end in the middle."""
        if self.process:
            self.process.kill()
            self.process.wait()

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    async def restart(self):
        """As a service manager does it: SIGTERM, which ends a Synapse worker at once, and a start."""
        self.process.terminate()
        if await lib.until(lambda: self.process.poll() is not None, 10) is None:
            raise lib.Failed(f"{self.name} does not end")
        self.launch()
        await self.ready()
