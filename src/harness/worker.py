"""Imitations of Synapse's workers on UNIX sockets."""

import asyncio
import contextlib
import hashlib
import json
import pathlib
import re
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from harness.bodies import content
from harness.constants import MIB
from harness.process import until

# the set-up that the shipped routes expect: group -> how many workers it has
GROUPS = {"main": 1, "initial_sync": 2, "normal_sync": 3}


def sockets_of(group: str, count: int) -> list[str]:
    numbers = [""] if count == 1 else map(str, range(1, count + 1))
    return [f"inbound_{group}{number}.sock" for number in numbers]


def sockets(groups: Mapping[str, int]) -> list[str]:
    return [name for group, count in groups.items() for name in sockets_of(group, count)]


class Unread:
    """A reader of which a head has been read too early."""

    def __init__(self, head: bytes, reader: asyncio.StreamReader) -> None:
        self.head = head
        self.reader = reader
        self.read = reader.read
        self.readexactly = reader.readexactly

    async def readuntil(self, end: bytes) -> bytes:
        head, self.head = self.head, b""
        return head or await self.reader.readuntil(end)


Reader = asyncio.StreamReader | Unread


class Worker:
    """A small HTTP server on a UNIX socket in the place of a Synapse worker.

    A body that is sent to it is answered with its length and SHA-256, `.../download/*/N` with N
    bytes as fast as they are taken (`?chunked`: in chunks, `?rate=N`: N bytes a second), a request
    with `timeout=` is held until release(), and each other one is answered at once, or after
    `delay=` milliseconds, with the worker's name and the request target.
    """

    # whether held requests are answered when their `timeout=` is over, as Synapse does it
    on_time: bool = False
    # how many bytes a second are taken of one request body; None for all that come
    intake: float | None = None

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path
        self.name = path.stem
        self.connections: set[asyncio.StreamWriter] = set()
        self.held = 0
        self.streams = 0
        self.sent = 0
        self.released = asyncio.Event()

    async def start(self, backlog: int) -> None:
        # one megabyte of read-ahead keeps a large upload from waiting for Python
        self.server = await asyncio.start_unix_server(
            self.serve, self.path, limit=MIB, backlog=backlog
        )

    async def stop(self) -> None:
        self.server.close()
        for writer in self.connections:
            writer.transport.abort()
        await until(lambda: not self.connections, 5)

    def release(self) -> None:
        """Answers all held requests; later ones are held again."""
        self.released.set()
        self.released = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections.add(writer)
        try:
            while True:
                await self.exchange(reader, writer)
        except (EOFError, ConnectionError):
            pass  # the proxy closed the connection
        finally:
            self.connections.remove(writer)
            writer.transport.abort()

    async def exchange(self, reader: Reader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        method, target, _ = head.decode().split(" ", 2)
        url = urlsplit(target)
        query = parse_qs(url.query, keep_blank_values=True)
        length = re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE)
        download = re.search(r"/download/[^/]+/(\d+)$", url.path)
        reply: dict[str, Any] = {"worker": self.name, "target": target}
        if length:
            reply |= await self.swallow(reader, int(length[1]))
        elif re.search(rb"\r\ntransfer-encoding: *chunked", head, re.IGNORECASE):
            reply |= await self.swallow_chunks(reader, writer)
        if method != "GET":
            self.arrived(method, target)
        if download:
            await self.stream(writer, int(download[1]), query)
            return
        if "delay" in query:
            await asyncio.sleep(int(query["delay"][0]) / 1000)
        elif "timeout" in query:
            await self.hold(reader, int(query["timeout"][0]) / 1000 if self.on_time else None)
        body = json.dumps(reply).encode()
        writer.write(reply_head("application/json", len(body)) + body)
        await writer.drain()

    def arrived(self, method: str, target: str) -> None:
        """A request that is no GET has come, with its whole body."""

    async def swallow(self, reader: Reader, length: int) -> dict[str, Any]:
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

    async def swallow_chunks(self, reader: Reader, writer: asyncio.StreamWriter) -> dict[str, Any]:
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

    async def stream(self, writer: asyncio.StreamWriter, length: int, query: dict[str, list[str]]) -> None:
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

    async def stream_chunks(self, writer: asyncio.StreamWriter, length: int, rate: int | None) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for block in content(length):
            await self.feed(writer, b"%x\r\n%b\r\n" % (len(block), block), rate)
        writer.write(b"0\r\n\r\n")
        await writer.drain()

    async def feed(self, writer: asyncio.StreamWriter, block: bytes, rate: int | None) -> None:
        writer.write(block)
        await writer.drain()
        self.sent += len(block)
        if rate:
            await asyncio.sleep(len(block) / rate)

    async def hold(self, reader: Reader, seconds: float | None = None) -> None:
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


def reply_head(media_type: str, length: int) -> bytes:
    return (
        f"HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nContent-Length: {length}\r\n\r\n"
    ).encode()


@contextlib.asynccontextmanager
async def workers(
    backlog: int = 50, kind: Callable[[pathlib.Path], Any] = Worker, groups: Mapping[str, int] = GROUPS
) -> AsyncIterator["Workers"]:
    """Starts all workers in a new directory, with the listen backlog that Synapse's sockets have."""
    with temporary_directory() as directory:
        started = Workers(directory, kind, groups)
        for worker in started.all:
            await worker.start(backlog)
        try:
            yield started
        finally:
            for worker in started.all:
                await worker.stop()


@contextlib.contextmanager
def temporary_directory() -> Iterator[pathlib.Path]:
    directory = pathlib.Path(tempfile.mkdtemp(prefix="synapse-gateway-"))
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


class Workers:
    def __init__(
        self, directory: pathlib.Path, kind: Callable[[pathlib.Path], Any], groups: Mapping[str, int]
    ) -> None:
        self.directory = directory
        self.all = [kind(directory / name) for name in sockets(groups)]

    def named(self, name: str) -> Any:
        return next(worker for worker in self.all if worker.name == name)

    def connections(self, group: str) -> int:
        return sum(len(worker.connections) for worker in self.all if group in worker.name)

    def held(self) -> int:
        return sum(worker.held for worker in self.all)

    def sent(self) -> int:
        return sum(worker.sent for worker in self.all)

    def release(self) -> None:
        for worker in self.all:
            worker.release()
