"""A worker as a process of its own, so that it can be killed, paused and started again.

`python3 -m harness.journalling_worker SOCKET JOURNAL`: listens on the socket until it is killed or its
standard input ends, and adds a line for each request that is no GET to the journal once the request
has come whole. A line is there even if the process is killed right after it.
"""

import asyncio
import os
import pathlib
import sys

from harness.script import allow_all_descriptors
from harness.worker import Worker


class JournallingWorker(Worker):
    on_time = True

    def __init__(self, path: pathlib.Path, journal: str) -> None:
        super().__init__(path)
        self.journal = os.open(journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def arrived(self, method: str, target: str) -> None:
        os.write(self.journal, f"{method} {target}\n".encode())


async def main(path: str, journal: str) -> None:
    allow_all_descriptors()
    await JournallingWorker(pathlib.Path(path), journal).start(backlog=50)
    ended = asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin, ended.set)
    await ended.wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
