"""Programs that the stage starts, each with a log file of its own, and stops by their ids."""

import asyncio
import signal
import socket
import subprocess
import time


class Failed(Exception):
    """The stage could not be set up, and why."""


class Process:
    def __init__(self, command, log, **options):
        self.command = command
        self.log = log
        self.options = options
        self.process = None

    def start(self):
        with open(self.log, "ab") as output:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, **self.options
            )

    def ask_to_stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    async def stop(self, seconds=40):
        """Its exit status."""
        self.ask_to_stop()
        await self.gone(seconds)
        if self.process.poll() is None:
            self.process.kill()
        return await asyncio.to_thread(self.process.wait)

    async def gone(self, seconds):
        end = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < end:
            await asyncio.sleep(0.02)

    async def until(self, is_ready, seconds=180):
        """Waits until it does what it is for; raises with its last words if it does not."""
        end = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < end:
            if await is_ready():
                return
            await asyncio.sleep(0.05)
        tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
        raise Failed(f"{self.log.stem} is not ready; its last words:\n{tail}")


async def accepts(where):
    """Whether somebody accepts connections on a port or a UNIX socket."""
    port = isinstance(where, int)
    try:
        _, writer = await (asyncio.open_connection("127.0.0.1", where) if port else asyncio.open_unix_connection(where))
    except OSError:
        return False
    writer.close()
    return True


def free_ports(count):
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports
