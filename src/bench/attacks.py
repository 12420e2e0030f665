"""Clients that would take the service away, as a process of their own.

`attacks.py NAME PORT CLIENTS`: so many connections each send what the attack is made of, and read
what they are answered. A line says how many have sent all of it, once nothing moves any more; when
standard input ends they leave, and a last line says what they were answered.
"""

import asyncio
import collections
import contextlib
import errno
import itertools
import json
import re
import select
import socket
import sys
import time

sys.path.insert(1, sys.path[0] + "/..")  # src, which holds the package harness

import harness

HEAD = "{} {} HTTP/1.1\r\nHost: localhost\r\n{}\r\n"
FORBIDDEN = "/_synapse/replication"
# what took the longest of many thousand paths while each was read in every possible way
DEAREST_PATH = "/../b;c/%2ea%25252f//./\\%2f/b;c///%255c;.."
TARGET_SIZE = 16_000

CONNECTS_AT_ONCE = 100
FEW = 10
QUIET_SECONDS = 1


def get(target):
    return HEAD.format("GET", target, "").encode()


def post(target, fields):
    return HEAD.format("POST", target, fields).encode()


def filled(piece):
    """A path of nearly the longest request line, of whole pieces."""
    return "/_matrix/media/v3/download/matrix.example/" + piece * (TARGET_SIZE // len(piece))


CHUNKED = post("/_matrix/client/v3/login", "Transfer-Encoding: chunked\r\n")
HALF_UPLOAD = post("/_matrix/media/v3/upload", f"Content-Length: {harness.MIB}\r\n") + b"x" * 100_000
EXPLANATION = get("/_matrix/client/v3/sync?since=s1")
EXPLAIN = (
    post("/observe/explain", f"Content-Length: {len(EXPLANATION)}\r\n") + EXPLANATION
)

# name -> what each connection sends, and how often; None for as long as the attack lasts
ATTACKS = {
    "one-byte chunks": (CHUNKED + b"1\r\na\r\n" * 100_000 + b"0\r\n\r\n", 1),
    "one-byte chunks with extensions": (CHUNKED + b'1;a="b"\r\na\r\n' * 1000 + b"0\r\n\r\n", 20),
    "dearest path": (get(DEAREST_PATH) * 50, 20),
    "many dots": (get(filled("/..;%2e")) * 10, 5),
    "many escapes": (get(filled("%25")) * 10, 5),
    "honest escapes": (get(filled("%E6%97%A5")) * 10, 5),
    "forbidden": (get(FORBIDDEN) * 100, 500),
    "forbidden without end": (get(FORBIDDEN) * 100, None),
    "half uploads": (HALF_UPLOAD, 1),
    "half heads": (b"GET /observe/health HTTP/1.1\r\nX-Half: ", 1),
    "slow bodies": (post("/observe/explain", "Content-Length: 1000\r\n") + b"GET /", 1),
    "silence": (b"", 1),
    "explain": (EXPLAIN, None),
}

ON_MANAGEMENT = {"half heads", "slow bodies", "silence", "explain"}


class Clients:
    """The connections of an attack, seen from the process that began it."""

    def __init__(self, process):
        self.process = process

    async def quiet(self):
        """Waits until nothing moves any more; returns how many connections have sent everything."""
        return json.loads(await self.process.stdout.readline())

    async def leave(self):
        """Ends the attack; returns how often each status was answered, and what was sent."""
        self.process.stdin.close()
        output, _ = await self.process.communicate()
        return json.loads(output.splitlines()[-1])


async def all_of_them(proxy, seconds):
    """Every attack at once, each with a few clients, on both ports; returns when they have left."""
    ends = {name: proxy.management_port if name in ON_MANAGEMENT else proxy.port for name in ATTACKS}

    async def begin(name, port):
        async with under(name, port, FEW) as clients:
            await asyncio.sleep(seconds)
            await clients.leave()

    await asyncio.gather(*(begin(name, port) for name, port in ends.items()))


@contextlib.asynccontextmanager
async def other_client(port):
    """A client with an address of its own, because connections of one address are limited."""
    client = harness.Client(*await asyncio.open_connection("127.0.0.1", port, local_addr=("127.0.0.2", 0)))
    try:
        yield client
    finally:
        client.leave()


async def explained(port):
    """Waits until the explanations that were asked for are made, and their threads have gone."""
    while await explanation(port) != 200:  # 503 while others wait, and the connection closes
        await asyncio.sleep(0.5)
    await asyncio.sleep(2)


async def explanation(port):
    """The status of an explanation, asked for over a connection of its own."""
    async with other_client(port) as client:
        await client.send("POST", "/observe/explain", None, [b"GET /"], 5)
        status, _ = await client.receive()
        return status


@contextlib.asynccontextmanager
async def under(name, port, clients):
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        __file__,
        *map(str, (name, port, clients)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield Clients(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


# ---------------------------------------------------------------------------- the process


class Connection:
    def __init__(self, port, payload, times):
        self.payload = payload
        self.rest = itertools.count() if times is None else iter(range(times))
        self.left = memoryview(b"")
        self.statuses = collections.Counter()
        self.tail = b""
        self.bytes = 0
        self.done = False
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.refused = self.socket.connect_ex(("127.0.0.1", port)) not in (0, errno.EINPROGRESS)

    def send(self):
        """Sends what is taken now; whether something was."""
        before = self.bytes
        try:
            while not self.done:
                if not self.left:
                    if next(self.rest, None) is None or not self.payload:
                        self.done = True
                        break
                    self.left = memoryview(self.payload)
                taken = self.socket.send(self.left)
                self.bytes += taken
                self.left = self.left[taken:]
                if self.bytes - before > harness.MIB:
                    break
        except BlockingIOError:
            pass
        return self.bytes > before

    def receive(self):
        """Reads what has come; False if the connection is over."""
        try:
            while data := self.socket.recv(harness.MIB):
                text = self.tail + data
                found = list(re.finditer(rb"HTTP/1\.1 (\d\d\d)", text))
                self.statuses.update(match[1].decode() for match in found)
                self.tail = text[max(found[-1].end() if found else 0, len(text) - 11) :]
            return False
        except BlockingIOError:
            return True


def attack(name, port, count):
    payload, times = ATTACKS[name]
    poll, open_ones, all_ones = select.epoll(), {}, []
    poll.register(sys.stdin, select.EPOLLIN)
    moved, told = time.monotonic(), False
    while True:
        for _ in range(min(CONNECTS_AT_ONCE, count - len(all_ones))):
            connection = Connection(port, payload, times)
            all_ones.append(connection)
            if not connection.refused:
                open_ones[connection.socket.fileno()] = connection
                poll.register(connection.socket, select.EPOLLIN | select.EPOLLOUT)
        for descriptor, event in poll.poll(0.05):
            if descriptor == sys.stdin.fileno():
                return tell(all_ones)
            connection = open_ones[descriptor]
            try:
                if event & select.EPOLLOUT and connection.send():
                    moved = time.monotonic()
                if connection.done:
                    poll.modify(descriptor, select.EPOLLIN)
                over = False
                if event & ~select.EPOLLOUT:
                    moved = time.monotonic()
                    over = not connection.receive()
            except OSError:
                over = True
            if over:
                del open_ones[descriptor]
                poll.unregister(descriptor)
                connection.socket.close()
        if not told and len(all_ones) == count and time.monotonic() - moved > QUIET_SECONDS:
            print(sum(one.done for one in all_ones), flush=True)
            told = True


def tell(connections):
    statuses = collections.Counter()
    for connection in connections:
        statuses.update(connection.statuses)
    left = sum(connection.socket.fileno() < 0 for connection in connections)
    print(json.dumps({"statuses": statuses, "bytes": sum(one.bytes for one in connections), "closed": left}), flush=True)


if __name__ == "__main__":
    harness.allow_all_descriptors()
    attack(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
