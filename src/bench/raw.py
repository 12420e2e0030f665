"""Workers and clients without Python's streams and tasks, for thousands of connections at once."""

import asyncio
import collections
import contextlib
import json
import re

import harness


class Worker:
    """In the place of harness.Worker where there are many requests, none of which has a body.

    A request with `timeout=` is held until release(), one with `delay=` is answered after so many
    milliseconds, and each other one at once.
    """

    def __init__(self, path):
        self.path = path
        self.name = path.stem
        self.connections = set()
        self.waiting = set()
        self.targets = []
        self.at_once = 0
        self.most_at_once = 0

    async def start(self, backlog):
        loop = asyncio.get_running_loop()
        self.server = await loop.create_unix_server(
            lambda: WorkerConnection(self), self.path, backlog=backlog
        )

    async def stop(self):
        self.server.close()
        for connection in list(self.connections):
            connection.transport.abort()
        await harness.until(lambda: not self.connections, 5)

    @property
    def held(self):
        return len(self.waiting)

    def release(self):
        for connection in list(self.waiting):
            connection.answer()


class WorkerConnection(asyncio.Protocol):
    def __init__(self, worker):
        self.worker = worker
        self.unread = b""
        self.target = ""

    def connection_made(self, transport):
        self.transport = transport
        self.worker.connections.add(self)

    def connection_lost(self, error):
        self.worker.connections.discard(self)
        self.worker.waiting.discard(self)
        self.ended()

    def data_received(self, data):
        self.unread += data
        if self.unread.endswith(b"\r\n\r\n"):
            self.target = self.unread.split(b" ", 2)[1].decode()
            self.unread = b""
            self.begun()

    def begun(self):
        worker = self.worker
        worker.at_once += 1
        worker.most_at_once = max(worker.most_at_once, worker.at_once)
        worker.targets.append(self.target)
        if "timeout=" in self.target:
            worker.waiting.add(self)
        elif delay := re.search(r"delay=(\d+)", self.target):
            asyncio.get_running_loop().call_later(int(delay[1]) / 1000, self.answer)
        else:
            self.answer()

    def ended(self):
        if self.target:
            self.worker.at_once -= 1
            self.target = ""

    def answer(self):
        if not self.target:
            return
        self.worker.waiting.discard(self)
        body = json.dumps({"worker": self.worker.name, "target": self.target}).encode()
        self.ended()
        self.transport.write(harness.reply_head("application/json", len(body)) + body)


class Client(asyncio.Protocol):
    """A connection that asks one thing at a time; understands replies with a Content-Length."""

    def __init__(self):
        self.unread = b""
        self.reply = None

    @classmethod
    async def to(cls, port):
        loop = asyncio.get_running_loop()
        _, client = await loop.create_connection(cls, "127.0.0.1", port)
        return client

    def connection_made(self, transport):
        self.transport = transport

    def ask(self, target, fields=""):
        """Sends a GET; returns a future of the status and the JSON body, or (0, None) if it broke off."""
        self.reply = asyncio.get_running_loop().create_future()
        if self.transport.is_closing():
            self.done((0, None))
        else:
            self.transport.write(f"GET {target} HTTP/1.1\r\nHost: matrix.example\r\n{fields}\r\n".encode())
        return self.reply

    def data_received(self, data):
        self.unread += data
        head, end, body = self.unread.partition(b"\r\n\r\n")
        length = end and re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE)
        if length and len(body) >= int(length[1]):
            self.unread = b""
            self.done((int(head.split(b" ", 2)[1]), json.loads(body)))

    def connection_lost(self, error):
        self.done((0, None))

    def done(self, reply):
        if self.reply and not self.reply.done():
            self.reply.set_result(reply)

    def leave(self):
        self.transport.abort()


def poll(number):
    """The target and the fields of a long poll of a user of its own."""
    return (
        f"/_matrix/client/v3/sync?since=s{number}&timeout=600000",
        f"Authorization: Bearer {harness.token(f'user{number}')}\r\n",
    )


@contextlib.asynccontextmanager
async def held_polls(port, workers, count, report):
    """So many long polls, held by the workers: their clients and the futures of their replies."""
    clients, replies = [], []
    for start in range(0, count, 250):
        numbers = range(start, min(start + 250, count))
        arrived = await asyncio.gather(*(Client.to(port) for _ in numbers))
        clients.extend(arrived)
        replies += [client.ask(*poll(number)) for client, number in zip(arrived, numbers, strict=True)]
        await harness.until(lambda: workers.held() == len(clients), 10)
    report.require(f"{count} long polls held at once", workers.held(), met=workers.held() == count)
    try:
        yield clients, replies
    finally:
        for client in clients:
            client.leave()


async def more_resident(proxy, workers, connections, each, hold):
    """How many bytes more are resident while polls are held: `hold(number)` makes a socket that has begun `each` of them."""
    idle, clients = proxy.resident_memory(), []
    try:
        for start in range(0, connections, 50):
            for number in range(start, min(start + 50, connections)):
                clients.append(await asyncio.to_thread(hold, number))
            await until_held(workers, len(clients) * each)
        return proxy.resident_memory() - idle
    finally:
        for client in clients:
            client.close()


async def until_held(workers, count):
    if await harness.until(lambda: workers.held() == count, 60) is None:
        raise harness.Failed(f"{workers.held()} of {count} polls are held")


def statuses(replies):
    """How often each status came, for people."""
    counts = collections.Counter(status or "broken off" for status, _ in replies)
    return ", ".join(f"{status} x {count}" for status, count in counts.most_common())
