"""A steady load of requests, and what became of each of them."""

import asyncio
import collections
import json
import ssl
import time
import typing
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

from harness.client import Client

PATIENCE_SECONDS = 60


class Outcome(typing.NamedTuple):
    kind: str
    target: str
    begin: float
    end: float
    status: int  # 0 if there was no whole reply
    failure: str  # empty if all is as it must be

    def milliseconds(self) -> float:
        return (self.end - self.begin) * 1000


class Load:
    """Clients that keep their connections, and use the one again that was used last."""

    def __init__(self, port: int, tls: ssl.SSLContext | None = None) -> None:
        self.port = port
        self.tls = tls
        self.idle: list[Client] = []
        self.outcomes: list[Outcome] = []

    async def steadily(
        self, rate: float, begin: Callable[[int], Awaitable[Any]], until: asyncio.Event
    ) -> None:
        """Begins this many requests a second, without waiting for earlier ones, until an event.

        `begin(number)` is a coroutine that asks one. Returns when all have ended.
        """
        running: set[asyncio.Future[Any]] = set()
        start, number = time.monotonic(), 0
        while not until.is_set():
            task = asyncio.ensure_future(begin(number))
            running.add(task)
            task.add_done_callback(running.discard)
            number += 1
            await asyncio.sleep(max(0, start + number / rate - time.monotonic()))
        await asyncio.gather(*running)

    async def ask(
        self,
        kind: str,
        method: str,
        target: str,
        fields: Mapping[str, Any] | None = None,
        body: Iterable[bytes] = (),
        length: int | None = None,
    ) -> Outcome:
        """Asks once and notes the outcome. A reply must be 200 and name the request's target."""
        client: Client | None = None
        begin, status, failure = time.monotonic(), 0, ""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                client = await self.connection()
                await client.send(method, target, fields, body, length)
                status, reply = await client.receive()
            failure = verdict(status, reply, target)
        except TimeoutError:
            failure = f"no reply within {PATIENCE_SECONDS} s"
        except (EOFError, OSError) as error:
            failure = f"broken off ({type(error).__name__})"
        if client:
            self.put_back(client, broken=status == 0)
        outcome = Outcome(kind, target, begin, time.monotonic(), status, failure)
        self.outcomes.append(outcome)
        return outcome

    async def connection(self) -> Client:
        while self.idle:
            client = self.idle.pop()
            if client.is_open():
                return client
            client.leave()
        return Client(*await asyncio.open_connection("127.0.0.1", self.port, ssl=self.tls))

    def put_back(self, client: Client, broken: bool) -> None:
        if broken or not client.is_open():
            client.leave()
        else:
            self.idle.append(client)

    def leave(self) -> None:
        """Closes all connections that are idle."""
        while self.idle:
            self.idle.pop().leave()

    def of(self, kind: str) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.kind == kind]

    def failed(self, kind: str) -> list[Outcome]:
        return [outcome for outcome in self.of(kind) if outcome.failure]


def verdict(status: int, reply: Any, target: str) -> str:
    """What is wrong with a reply, or the empty text."""
    if status != 200:
        return f"{status} {reply.get('error', '') if isinstance(reply, dict) else ''}".strip()
    if not isinstance(reply, dict) or reply.get("target") != target:
        return f"a wrong reply: {json.dumps(reply)[:100]}"
    return ""


def reasons(outcomes: Iterable[Outcome]) -> str:
    """The failures among these, counted by reason: "0", or "3: 502 x 2, broken off x 1"."""
    counts = collections.Counter(outcome.failure for outcome in outcomes if outcome.failure)
    listed = ", ".join(f"{reason} x {count}" for reason, count in counts.most_common())
    return f"{counts.total()}: {listed}" if counts else "0"


def percentile(values: Sequence[float], percent: float) -> float:
    """The percentile: the least value that this many percent of all do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, int(-(-len(ordered) * percent // 100)) - 1)]
