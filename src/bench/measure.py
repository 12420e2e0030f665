"""What measuring needs: cores for the proxy and for its load, what the proxy uses meanwhile, and wrk."""

import asyncio
import contextlib
import json
import math
import os
import pathlib
import signal
import time
import typing

import harness

CORES = sorted(os.sched_getaffinity(0))
KEYS = ["ECDSA", "RSA"]
SCRIPT = pathlib.Path(__file__).parent / "mix.lua"


class Cores(typing.NamedTuple):
    name: str
    proxy: list
    load: list

    def __str__(self):
        proxy, load = (", ".join(map(str, cores)) for cores in (self.proxy, self.load))
        return f"{self.name}: the proxy on core {proxy}, workers and clients on core {load}"


def one_core():
    return Cores("1 core", CORES[:1], CORES[1:2] or CORES[:1])


def two_cores():
    """With no more than two, load and workers share them with the proxy."""
    return Cores("2 cores", CORES[:2], CORES[2:4] or CORES[:2])


@contextlib.contextmanager
def pinned(cores):
    """This process, and what it starts, stays on the cores that the load has."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores.load)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def in_turn(things, number):
    """Another one first in each round."""
    things = list(things)
    shift = number % len(things)
    return things[shift:] + things[:shift]


class Meter:
    """What a proxy uses from here to stop()."""

    def __init__(self, proxy):
        self.proxy = proxy
        self.begin = time.monotonic()
        self.user, self.system = proxy.processor_times()

    def stop(self):
        user, system = self.proxy.processor_times()
        self.user, self.system = user - self.user, system - self.system
        self.used = self.user + self.system
        self.seconds = time.monotonic() - self.begin


def judge(report, strict, name, value, *, met):
    """A figure that a lean run does not judge: it looks whether all of it works."""
    if strict:
        report.require(name, value, met=met)
    else:
        report.figure(name, value)


def written(directory, name, requests):
    """The requests in a file, for wrk."""
    file = directory / f"{name.replace(' ', '-')}.requests"
    file.write_bytes(b"".join(requests))
    return file


async def reached(port, requests):
    """The worker that each request gets to, as the reply of contenders' workers names it."""
    workers = []
    async with harness.Client.to(port) as client:
        for request in requests:
            client.writer.write(request)
            status, reply = await client.receive()
            workers.append(reply["worker"] if status == 200 else f"status {status}")
    return workers


async def wrk(port, connections, seconds, file, scheme="http"):
    """The output of wrk. It knows whole seconds only, so a signal ends it."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{math.ceil(seconds) + 1}s", "--timeout", "10s"]
    command += ["-s", str(SCRIPT), f"{scheme}://127.0.0.1:{port}", "--", file]
    process = await begun(command)
    await asyncio.sleep(seconds)
    process.send_signal(signal.SIGINT)
    return await told(process)


async def begun(command):
    return await asyncio.create_subprocess_exec(*map(str, command), stdout=asyncio.subprocess.PIPE)


async def told(process):
    """The JSON in the last line that a process prints."""
    output, _ = await process.communicate()
    if process.returncode:
        raise harness.Failed(f"a client ended with {process.returncode}")
    return json.loads(output.splitlines()[-1])


def certificate(where, kind):
    """Certificate and key, apart and in one file, as HAProxy has it."""
    harness.self_signed(where, "matrix.example", key=kind)
    chain, key = where / "fullchain.pem", where / "privkey.pem"
    (where / "joined.haproxy").write_text(chain.read_text() + key.read_text())
