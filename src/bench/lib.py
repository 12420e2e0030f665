"""What the evidence scripts share: workers, the proxy under test, a plain HTTP client, a report.

Python's standard library alone. All traffic stays on the loopback address and on UNIX sockets,
every wait has an end, and processes are stopped by the id with which they were started.
"""

import argparse
import asyncio
import base64
import contextlib
import functools
import hashlib
import json
import os
import pathlib
import random
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import zlib
from urllib.parse import parse_qs, urlsplit

ROOT = pathlib.Path(__file__).resolve().parents[2]
JAR = ROOT / "target" / "synapse-gateway.jar"

KIB, MIB, GIB = 1024, 1024**2, 1024**3

# the set-up that the shipped routes expect: group -> how many workers it has
GROUPS = {"main": 1, "initial_sync": 2, "normal_sync": 3}


def sockets_of(group, count):
    numbers = [""] if count == 1 else range(1, count + 1)
    return [f"inbound_{group}{number}.sock" for number in numbers]


def sockets(groups):
    return [name for group, count in groups.items() for name in sockets_of(group, count)]


def arguments(description, proxies=("gateway", "nginx")):
    """The options that every script has; a script may add its own before parse_args()."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "--proxy",
        choices=proxies,
        default="gateway",
        help="what is measured; nginx shows that the script itself works",
    )
    parser.add_argument("--quick", action="store_true", help="a lean form, for CI")
    return parser


class Report:
    """Prints figures as they come and remembers whether a requirement was missed."""

    def __init__(self):
        self.missed = 0

    def figure(self, name, value):
        print(f"      {name:<58} {value}", flush=True)

    def require(self, name, value, met):
        print(f"{'ok  ' if met else 'MISS'}  {name:<58} {value}", flush=True)
        self.missed += not met


def run(script, args, seconds):
    """Runs an evidence script, `async script(args, report)`, and exits 1 if it missed anything."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    report = Report()

    async def bounded():
        async with asyncio.timeout(seconds):
            await script(args, report)

    try:
        asyncio.run(bounded())
    except TimeoutError:
        report.require("the script ends in time", f"not within {seconds} s", False)
    except Failed as failure:
        report.require("the script runs to its end", failure, False)
    sys.exit(1 if report.missed else 0)


class Failed(Exception):
    """The measurement could not be made, and why."""


# ---------------------------------------------------------------------------- bodies and tokens

BLOCK = random.Random(1).randbytes(256 * KIB)


def content(size):
    """A body in blocks. Each begins with its number, so that a lost or swapped one shows."""
    for start in range(0, size, len(BLOCK)):
        yield (start.to_bytes(8, "big") + BLOCK[8:])[: size - start]


@functools.cache
def digest(size):
    """The SHA-256 of content(size)."""
    sha = hashlib.sha256()
    for block in content(size):
        sha.update(block)
    return sha.hexdigest()


def token(localpart, seed=0):
    """An access token as Synapse makes them: syt_<base64 localpart>_<20 letters>_<checksum>."""
    name = base64.b64encode(localpart.encode()).decode().rstrip("=")
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    body = f"syt_{name}_{''.join(random.Random(f'{localpart}{seed}').choices(letters, k=20))}"
    return f"{body}_{base62(zlib.crc32(body.encode()))}"


def base62(number):
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    text = ""
    while number:
        number, digit = divmod(number, 62)
        text = digits[digit] + text
    return text.rjust(6, "0")


# ---------------------------------------------------------------------------- workers


class Worker:
    """A small HTTP server on a UNIX socket in the place of a Synapse worker.

    A body that is sent to it is answered with its length and SHA-256, `.../download/*/N` with N
    bytes as fast as they are taken (`?chunked`: in chunks, `?rate=N`: N bytes a second), a request
    with `timeout=` is held until release(), and each other one is answered at once, or after
    `delay=` milliseconds, with the worker's name and the request target.
    """

    # whether held requests are answered when their `timeout=` is over, as Synapse does it
    on_time = False
    # how many bytes a second are taken of one request body; None for all that come
    intake = None

    def __init__(self, path):
        self.path = path
        self.name = path.stem
        self.connections = set()
        self.held = 0
        self.streams = 0
        self.sent = 0
        self.released = asyncio.Event()

    async def start(self, backlog):
        # one megabyte of read-ahead keeps a large upload from waiting for Python
        self.server = await asyncio.start_unix_server(
            self.serve, self.path, limit=MIB, backlog=backlog
        )

    async def stop(self):
        self.server.close()
        for writer in self.connections:
            writer.transport.abort()
        await until(lambda: not self.connections, 5)

    def release(self):
        """Answers all held requests; later ones are held again."""
        self.released.set()
        self.released = asyncio.Event()

    async def serve(self, reader, writer):
        self.connections.add(writer)
        try:
            while True:
                await self.exchange(reader, writer)
        except (EOFError, ConnectionError):
            pass  # the proxy closed the connection
        finally:
            self.connections.remove(writer)
            writer.transport.abort()

    async def exchange(self, reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        method, target, _ = head.decode().split(" ", 2)
        url = urlsplit(target)
        query = parse_qs(url.query, keep_blank_values=True)
        length = re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE)
        download = re.search(r"/download/[^/]+/(\d+)$", url.path)
        reply = {"worker": self.name, "target": target}
        if length:
            reply |= await self.swallow(reader, int(length[1]))
        elif re.search(rb"\r\ntransfer-encoding: *chunked", head, re.IGNORECASE):
            reply |= await self.swallow_chunks(reader, writer)
        if method != "GET":
            self.arrived(method, target)
        if download:
            return await self.stream(writer, int(download[1]), query)
        if "delay" in query:
            await asyncio.sleep(int(query["delay"][0]) / 1000)
        elif "timeout" in query:
            await self.hold(reader, int(query["timeout"][0]) / 1000 if self.on_time else None)
        body = json.dumps(reply).encode()
        writer.write(reply_head("application/json", len(body)) + body)
        await writer.drain()

    def arrived(self, method, target):
        """A request that is no GET has come, with its whole body."""

    async def swallow(self, reader, length):
        sha, rest = hashlib.sha256(), length
        while rest:
            block = await reader.read(min(rest, MIB))
            if not block:
                raise EOFError
            sha.update(block)
            rest -= len(block)
            if self.intake:
                await asyncio.sleep(len(block) / self.intake)
        return {"length": length, "sha256": sha.hexdigest()}

    async def swallow_chunks(self, reader, writer):
        length, sha = 0, hashlib.sha256()
        while size := int(await reader.readuntil(b"\r\n"), 16):
            block = await reader.readexactly(size)
            await reader.readexactly(2)
            length += size
            sha.update(block)
            if self.intake:
                await asyncio.sleep(size / self.intake)
        while await reader.readuntil(b"\r\n") != b"\r\n":
            pass  # a trailer
        return {"length": length, "sha256": sha.hexdigest()}

    async def stream(self, writer, length, query):
        rate = int(query["rate"][0]) if "rate" in query else None
        self.streams += 1
        try:
            if "chunked" in query:
                await self.stream_chunks(writer, length, rate)
            else:
                writer.write(reply_head("application/octet-stream", length))
                for block in content(length):
                    await self.feed(writer, block, rate)
        finally:
            self.streams -= 1

    async def stream_chunks(self, writer, length, rate):
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for block in content(length):
            await self.feed(writer, b"%x\r\n%b\r\n" % (len(block), block), rate)
        writer.write(b"0\r\n\r\n")
        await writer.drain()

    async def feed(self, writer, block, rate):
        writer.write(block)
        await writer.drain()
        self.sent += len(block)
        if rate:
            await asyncio.sleep(len(block) / rate)

    async def hold(self, reader, seconds=None):
        gone = asyncio.ensure_future(reader.read(1))
        released = asyncio.ensure_future(self.released.wait())
        self.held += 1
        try:
            await asyncio.wait(
                (gone, released), timeout=seconds, return_when=asyncio.FIRST_COMPLETED
            )
            if gone.done():
                raise EOFError
        finally:
            self.held -= 1
            gone.cancel()
            released.cancel()
            await asyncio.gather(gone, released, return_exceptions=True)


def reply_head(media_type, length):
    return (
        f"HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nContent-Length: {length}\r\n\r\n"
    ).encode()


@contextlib.asynccontextmanager
async def workers(backlog=50, kind=Worker):
    """Starts all workers in a new directory, with the listen backlog that Synapse's sockets have."""
    with temporary_directory() as directory:
        started = Workers(directory, kind)
        for worker in started.all:
            await worker.start(backlog)
        try:
            yield started
        finally:
            for worker in started.all:
                await worker.stop()


@contextlib.contextmanager
def temporary_directory():
    directory = pathlib.Path(tempfile.mkdtemp(prefix="synapse-gateway-"))
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


class Workers:
    def __init__(self, directory, kind):
        self.directory = directory
        self.all = [kind(directory / name) for name in sockets(GROUPS)]

    def named(self, name):
        return next(worker for worker in self.all if worker.name == name)

    def connections(self, group):
        return sum(len(worker.connections) for worker in self.all if group in worker.name)

    def held(self):
        return sum(worker.held for worker in self.all)

    def sent(self):
        return sum(worker.sent for worker in self.all)

    def release(self):
        for worker in self.all:
            worker.release()


# ---------------------------------------------------------------------------- the proxy


@contextlib.asynccontextmanager
async def proxy(kind, directory, java=(), descriptors=None, groups=GROUPS):
    """The proxy under test, listening and able to reach its workers; stopped at the end.

    With `descriptors` it may have only so many open.
    """
    port = free_port()
    management_port = free_port()
    if kind == "nginx":
        command = nginx(directory, port, descriptors or 20000, groups)
    else:
        command = gateway(directory, port, java, management_port)
    if descriptors:
        command = ["prlimit", f"--nofile={descriptors}:{descriptors}", *command]
    async with launched(command, port, directory / f"{kind}.log") as started:
        started.management_port = management_port
        yield started


@contextlib.asynccontextmanager
async def launched(command, port, log):
    """What a command makes listen on a port, once it answers; stopped at the end."""
    with open(log, "wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output)
    try:
        started = Proxy(process, port, log)
        await started.ready()
        yield started
    finally:
        stop(process)


def gateway(directory, port, java=(), management_port=None):
    if not JAR.exists():
        raise Failed(f"{JAR} is missing: build it with  mvn -B -DskipTests package")
    return [
        java_command(),
        *java,
        f"-Dgateway.port={port}",
        f"-Dgateway.workers.directory={directory}",
        f"-Dmanagement.port={management_port or free_port()}",
        "-jar",
        str(JAR),
    ]


def java_command():
    home = os.environ.get("JAVA_HOME")
    return f"{home}/bin/java" if home else "java"


def routes(directory, groups=None, options=""):
    """Writes the shipped routes to a directory, with these groups' workers turned on.

    The workers get the options, for instance "?hold=10s". Returns what the gateway must be given.
    """
    directory.mkdir()
    for file in (ROOT / "routes").glob("*.camel.yaml"):
        group = file.name.removesuffix(".camel.yaml").replace("-", "_")
        text = file.read_text()
        if group in (groups or {}):
            text = re.sub(r" *# - to: worker:.*\n", "", text)
            steps = "".join(
                f"              - to: worker:unix:{{{{gateway.workers.directory}}}}/{name}{options}\n"
                for name in sockets_of(group, groups[group])
            )
            text = text.replace("              - to: direct:main\n", steps + "              - to: direct:main\n")
        (directory / file.name).write_text(text)
    return [
        f"-Dcamel.main.routesIncludePattern=file:{directory}/*.camel.yaml",
        f"-Dcamel.main.routesReloadDirectory={directory}",
    ]


def nginx(directory, port, descriptors, groups):
    """nginx with the upstreams, maps and locations of a Synapse with sync workers, and maybe readers."""
    upstreams = "\n".join(
        f"upstream {group} {{\n"
        + ("  hash $mxid_localpart consistent;\n" if count > 1 else "")
        + "".join(f"  server unix:{directory}/{name} max_fails=0;\n" for name in sockets_of(group, count))
        + "  keepalive 10;\n}"
        for group, count in groups.items()
    )
    configuration = directory / f"nginx-{port}.conf"
    configuration.write_text(
        (pathlib.Path(__file__).parent / "nginx.conf")
        .read_text()
        .replace("@USER@", "user root;" if os.geteuid() == 0 else "")
        .replace("@DIRECTORY@", str(directory))
        .replace("@PORT@", str(port))
        .replace("@DESCRIPTORS@", str(descriptors))
        .replace("@UPSTREAMS@", upstreams)
        .replace("@READERS@", "client_reader" if "client_reader" in groups else "main")
    )
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if not program:
        raise Failed("nginx is missing: install it with  apt-get install nginx-light")
    return [program, "-e", "stderr", "-p", str(directory), "-c", str(configuration)]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def stop(process):
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Proxy:
    def __init__(self, process, port, log):
        self.process = process
        self.port = port
        self.log = log

    async def ready(self, seconds=30):
        """Waits for the first reply 200."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            with contextlib.suppress(OSError, EOFError):
                async with Client.to(self.port) as client:
                    if (await client.get("/_matrix/client/versions"))[0] == 200:
                        return
            await asyncio.sleep(0.005)
        tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
        raise Failed(f"the proxy gave no reply 200; its last words:\n{tail}")

    def processes(self):
        """The process and its children: nginx serves with children."""
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [self.process.pid, *map(int, children.read_text().split())]

    def peak_memory(self):
        """The most bytes ever resident, of the process or one of its children."""
        return max(memory(pid, "VmHWM") for pid in self.processes())

    def resident_memory(self):
        """The bytes that are resident now, of the process or one of its children."""
        return max(memory(pid, "VmRSS") for pid in self.processes())

    def descriptors(self):
        """How many descriptors are open."""
        return sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in self.processes())

    def processor_seconds(self):
        """The processor time used so far."""
        return sum(self.processor_times())

    def processor_times(self):
        """The processor seconds used so far, as user and in the kernel."""
        users, systems = zip(*map(processor_times, self.processes()))
        return sum(users), sum(systems)


def processor_times(pid):
    stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
    ticks = os.sysconf("SC_CLK_TCK")
    return tuple(int(count) / ticks for count in stat.rsplit(")", 1)[1].split()[11:13])


def memory(pid, name):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(rf"{name}:\s+(\d+) kB", status)[1]) * KIB


# ---------------------------------------------------------------------------- the client


class Client:
    """One keep-alive connection. Its shorter methods need a Content-Length, which most replies have."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.head = b""

    @classmethod
    @contextlib.asynccontextmanager
    async def to(cls, port, limit=64 * KIB):
        client = cls(*await asyncio.open_connection("127.0.0.1", port, limit=limit))
        try:
            yield client
        finally:
            client.leave()

    def field(self, name):
        """A field of the last reply, or None."""
        found = re.search(rf"\r\n{name}: *([^\r]*)".encode(), self.head, re.IGNORECASE)
        return found and found[1].decode()

    def is_open(self):
        """Whether another request may be sent, as far as this side knows."""
        closes = self.head and (self.field("Connection") or "").lower() == "close"
        return not closes and not self.reader.at_eof() and not self.writer.is_closing()

    def leave(self):
        self.writer.transport.abort()

    async def send(self, method, target, fields=None, body=(), length=None):
        lines = {"Host": "localhost", **(fields or {})}
        if length is not None:
            lines["Content-Length"] = length
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        self.writer.write(f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode())
        for block in body:
            self.writer.write(block)
            await self.writer.drain()

    async def receive_status(self):
        self.head = await self.reader.readuntil(b"\r\n\r\n")
        return int(self.head.split(b" ", 2)[1])

    async def receive_head(self):
        """The status and the body's length."""
        status, length = await self.receive_status(), self.field("Content-Length")
        if length is None:
            raise Failed(f"a reply without Content-Length: {self.head!r}")
        return status, int(length)

    async def body(self):
        """The blocks of the body, whatever ends it; raises if it ends too early."""
        if length := self.field("Content-Length"):
            async for block in self.exactly(int(length)):
                yield block
        elif self.field("Transfer-Encoding") == "chunked":
            while size := int(await self.reader.readuntil(b"\r\n"), 16):
                async for block in self.exactly(size):
                    yield block
                await self.reader.readexactly(2)
            await self.reader.readexactly(2)
        else:
            while block := await self.reader.read(MIB):
                yield block

    async def exactly(self, rest):
        while rest:
            block = await self.reader.read(min(rest, MIB))
            if not block:
                raise EOFError
            rest -= len(block)
            yield block

    async def receive(self):
        """The status and the JSON body, as None if it is no JSON."""
        status, length = await self.receive_head()
        body = await self.reader.readexactly(length)
        try:
            return status, json.loads(body)
        except ValueError:
            return status, None

    async def get(self, target, fields=None):
        await self.send("GET", target, fields)
        return await self.receive()


async def until(condition, seconds):
    """Waits for a condition; tells how long it took, or None when the time is over."""
    start = time.monotonic()
    while not condition():
        if time.monotonic() - start > seconds:
            return None
        await asyncio.sleep(0.005)
    return time.monotonic() - start
