"""The proxy under test: the gateway, or nginx in its place."""

import contextlib
import os
import pathlib
import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any

from harness import programs, tls
from harness.certificates import self_signed
from harness.client import Client
from harness.constants import KIB, ROOT
from harness.jar import gateway, options
from harness.process import Process, free_ports
from harness.report import Failed
from harness.worker import GROUPS, sockets_of


@contextlib.asynccontextmanager
async def proxy(
    kind: str,
    directory: pathlib.Path,
    java: Iterable[str] = (),
    descriptors: int | None = None,
    groups: Mapping[str, int] = GROUPS,
    secure: bool = False,
) -> AsyncIterator["Proxy"]:
    """The proxy under test, listening and able to reach its workers; stopped at the end.

    With `descriptors` it may have only so many open. With `secure` the gateway has another port, for TLS.
    """
    port, management_port, tls_port = free_ports(3)
    if kind == "nginx":
        command = nginx(directory, port, descriptors or 20000, groups)
    else:
        if secure:
            self_signed(directory / "tls", "localhost")
            java = [*java, *options(tls.settings(port, tls_port, directory / "tls"))]
        command = gateway(directory, port, java, management_port)
    if descriptors:
        command = ["prlimit", f"--nofile={descriptors}:{descriptors}", *command]
    async with launched(command, port, directory / f"{kind}.log") as started:
        started.management_port = management_port
        started.tls_port = tls_port
        yield started


@contextlib.asynccontextmanager
async def launched(
    command: Sequence[Any], port: int, log: pathlib.Path, cwd: pathlib.Path = ROOT
) -> AsyncIterator["Proxy"]:
    """What a command makes listen on a port, once it answers; stopped at the end."""
    started = Proxy(command, port, log, cwd)
    async with started.running():
        await started.until(started.answers, seconds=60, pause=0.005)
        yield started


def nginx(directory: pathlib.Path, port: int, descriptors: int, groups: Mapping[str, int]) -> list[str]:
    """nginx with the upstreams, maps and locations of a Synapse with sync workers, and maybe readers."""
    sockets = {group: [directory / name for name in sockets_of(group, count)] for group, count in groups.items()}
    configuration = programs.filled(
        pathlib.Path(__file__).parent / "nginx.conf",
        directory / f"nginx-{port}.conf",
        directory=directory,
        port=port,
        descriptors=descriptors,
        upstreams=programs.nginx_upstreams(sockets, keepalive="keepalive 10;"),
        readers="client_reader" if "client_reader" in groups else "main",
    )
    return programs.nginx(directory, configuration)


class Proxy(Process):
    """A proxy that listens on a port, and what it uses."""

    management_port = 0
    tls_port = 0

    def __init__(self, command: Sequence[Any], port: int, log: pathlib.Path, cwd: pathlib.Path) -> None:
        super().__init__(command, log, cwd=cwd)
        self.port = port

    async def answers(self) -> bool:
        """Whether a request that a worker answers is answered with 200."""
        with contextlib.suppress(OSError, EOFError):
            async with Client.to(self.port) as client:
                return (await client.get("/_matrix/client/versions"))[0] == 200
        return False

    def processes(self) -> list[int]:
        """The process and its children: nginx serves with children."""
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [self.process.pid, *map(int, children.read_text().split())]

    def peak_memory(self) -> int:
        """The most bytes ever resident, of the process or one of its children."""
        return max(memory(pid, "VmHWM") for pid in self.processes())

    def resident_memory(self) -> int:
        """The bytes that are resident now, of the process or one of its children."""
        return max(memory(pid, "VmRSS") for pid in self.processes())

    def descriptors(self) -> int:
        """How many descriptors are open."""
        return sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in self.processes())

    def processor_seconds(self) -> float:
        """The processor time used so far."""
        return sum(self.processor_times())

    def processor_times(self) -> tuple[float, float]:
        """The processor seconds used so far, as user and in the kernel."""
        processes = [pathlib.Path(f"/proc/{pid}") for pid in self.processes()]
        users, systems = zip(*map(processor_times, processes), strict=True)
        return sum(users), sum(systems)


def processor_times(task: pathlib.Path) -> tuple[float, float]:
    """The processor seconds of a process or a thread, which is a directory of /proc, as user and in the kernel."""
    stat = (task / "stat").read_text()
    ticks = os.sysconf("SC_CLK_TCK")
    user, system = stat.rsplit(")", 1)[1].split()[11:13]
    return int(user) / ticks, int(system) / ticks


def memory(pid: int, name: str) -> int:
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    found = re.search(rf"{name}:\s+(\d+) kB", status)
    if not found:
        raise Failed(f"process {pid} has no {name}: it has ended")
    return int(found[1]) * KIB
