"""A plain HTTP client."""

import asyncio
import contextlib
import json
import re
import ssl
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any, Self

from harness.constants import KIB, MIB
from harness.report import Failed


class Client:
    """One keep-alive connection. Its shorter methods need a Content-Length, which most replies have."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.head = b""

    @classmethod
    @contextlib.asynccontextmanager
    async def to(cls, port: int, limit: int = 64 * KIB, tls: ssl.SSLContext | None = None) -> AsyncIterator[Self]:
        client = cls(*await asyncio.open_connection("127.0.0.1", port, limit=limit, ssl=tls))
        try:
            yield client
        finally:
            client.leave()

    def field(self, name: str) -> str | None:
        """A field of the last reply, or None."""
        found = re.search(rf"\r\n{name}: *([^\r]*)".encode(), self.head, re.IGNORECASE)
        return found[1].decode() if found else None

    def is_open(self) -> bool:
        """Whether another request may be sent, as far as this side knows."""
        closes = bool(self.head) and (self.field("Connection") or "").lower() == "close"
        return not closes and not self.reader.at_eof() and not self.writer.is_closing()

    def leave(self) -> None:
        self.writer.transport.abort()

    async def send(
        self,
        method: str,
        target: str,
        fields: Mapping[str, Any] | None = None,
        body: Iterable[bytes] = (),
        length: int | None = None,
    ) -> None:
        lines: dict[str, Any] = {"Host": "localhost", **(fields or {})}
        if length is not None:
            lines["Content-Length"] = length
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        self.writer.write(f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode())
        for block in body:
            self.writer.write(block)
            await self.writer.drain()

    async def receive_status(self) -> int:
        self.head = await self.reader.readuntil(b"\r\n\r\n")
        return int(self.head.split(b" ", 2)[1])

    async def receive_head(self) -> tuple[int, int]:
        """The status and the body's length."""
        status, length = await self.receive_status(), self.field("Content-Length")
        if length is None:
            raise Failed(f"a reply without Content-Length: {self.head!r}")
        return status, int(length)

    async def body(self) -> AsyncIterator[bytes]:
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

    async def exactly(self, rest: int) -> AsyncIterator[bytes]:
        while rest:
            block = await self.reader.read(min(rest, MIB))
            if not block:
                raise EOFError
            rest -= len(block)
            yield block

    async def receive(self) -> tuple[int, Any]:
        """The status and the JSON body, as None if it is no JSON."""
        status, length = await self.receive_head()
        body = await self.reader.readexactly(length)
        try:
            return status, json.loads(body)
        except ValueError:
            return status, None

    async def get(self, target: str, fields: Mapping[str, Any] | None = None) -> tuple[int, Any]:
        await self.send("GET", target, fields)
        return await self.receive()
