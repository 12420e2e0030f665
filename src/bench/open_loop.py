"""Requests on a schedule that does not wait for replies, as a process of its own.

`open_loop.py PORT RATE SECONDS CONNECTIONS REQUESTS [cold]`: sends the requests of a file in turn, RATE a
second, each on a connection that is free. A request's latency counts from the moment at which it
was due, so that whatever makes later ones wait counts for all of them. Prints a line of JSON;
`late` is how long after its due moment a request was sent at p99, which is this program's own
share unless all connections were busy. `p99 by second` has the p99 of each second by itself, counted from
`begin`, a moment of time.perf_counter(). With `cold` the connections are new and nothing is asked before it counts.
"""

import collections
import gc
import json
import re
import select
import socket
import sys
import time

sys.path.insert(1, sys.path[0] + "/..")  # src, which holds the package harness

from harness import load


class Connection:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.due = 0.0
        self.rest = 0  # bytes of the reply that are still to come

    def send(self, request, due):
        self.due = due
        self.socket.send(request)

    def has_reply(self):
        """Takes what has come; whether a reply is whole. A reply's head comes in one piece."""
        data = self.socket.recv(65536)
        if not data:
            raise EOFError("a connection was closed")
        if not self.rest:
            head, _, body = data.partition(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise EOFError(f"a reply {head[:60]!r}")
            self.rest = int(re.findall(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE)[0])
            data = body
        self.rest -= len(data)
        return self.rest == 0


class OpenLoop:
    def __init__(self, port, rate, connections, requests):
        self.rate = rate
        self.start = 0.0
        self.requests = requests
        self.epoll = select.epoll()
        self.free = collections.deque(Connection(port) for _ in range(connections))
        self.by_descriptor = {connection.socket.fileno(): connection for connection in self.free}
        for descriptor in self.by_descriptor:
            self.epoll.register(descriptor, select.EPOLLIN)
        self.latencies, self.lateness = [], []
        self.by_second = collections.defaultdict(list)

    def settle(self):
        """Asks once on each connection, so that all are accepted before it counts."""
        while self.free:
            self.free.popleft().send(self.requests[0], time.perf_counter())
        while len(self.free) < len(self.by_descriptor):
            self.receive(10)
        self.latencies.clear()
        self.by_second.clear()

    def run(self, seconds):
        total, sent, start = int(self.rate * seconds), 0, time.perf_counter()
        self.start = start
        while len(self.latencies) < total:
            now = time.perf_counter()
            while sent < total and self.free and (due := start + sent / self.rate) <= now:
                self.free.popleft().send(self.requests[sent % len(self.requests)], due)
                self.lateness.append(now - due)
                sent += 1
            next_due = start + sent / self.rate if sent < total and self.free else now + 1
            self.receive(max(0, next_due - time.perf_counter()))
            if now > start + seconds + 10:
                raise EOFError("replies are missing")

    def receive(self, patience):
        # select() waits for microseconds, epoll for whole milliseconds
        if patience and not select.select([self.epoll], [], [], patience)[0]:
            return
        for descriptor, _ in self.epoll.poll(0):
            connection = self.by_descriptor[descriptor]
            if connection.has_reply():
                latency = time.perf_counter() - connection.due
                self.latencies.append(latency)
                self.by_second[int(connection.due - self.start)].append(latency)
                self.free.append(connection)


def main(port, rate, seconds, connections, file, cold=""):
    with open(file, "rb") as requests:
        parts = [part + b"\r\n\r\n" for part in requests.read().split(b"\r\n\r\n") if part]
    gc.disable()  # it would stop here for 10 ms, and there is nothing in cycles
    loop = OpenLoop(int(port), float(rate), int(connections), parts)
    if not cold:
        loop.settle()
    loop.run(float(seconds))
    figures = {
        f"p{percent}": load.percentile(loop.latencies, percent) * 1000 for percent in (50, 99, 99.9)
    }
    by_second = [load.percentile(times, 99) * 1000 for _, times in sorted(loop.by_second.items())]
    late = load.percentile(loop.lateness, 99) * 1000
    counted = {"requests": len(loop.latencies), "seconds": float(seconds), "begin": loop.start}
    print(json.dumps({**counted, "late": late, **figures, "p99 by second": by_second}))


if __name__ == "__main__":
    main(*sys.argv[1:])
