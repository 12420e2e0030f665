"""PostgreSQL and Redis on UNIX sockets of their own."""

import asyncio
import os
import pathlib
import shutil
import subprocess

from harness import Failed, Process, accepts


class Services:
    def __init__(self, directory, logs):
        self.data = directory / "postgresql"
        self.sockets = directory / "sockets"
        self.redis_socket = self.sockets / "redis-server.sock"
        self.binaries = newest_postgresql()
        # durability is not what is tried here
        self.postgresql = Process(
            as_postgres(
                self.binaries / "postgres",
                "-D",
                self.data,
                "-k",
                self.sockets,
                "-c",
                "listen_addresses=",
                "-c",
                "fsync=off",
                "-c",
                "full_page_writes=off",
                "-c",
                "max_connections=200",
            ),
            logs / "postgresql.log",
        )
        self.redis = Process(
            [
                "redis-server",
                "--port",
                "0",
                "--unixsocket",
                self.redis_socket,
                "--save",
                "",
                "--appendonly",
                "no",
                "--dir",
                self.sockets,
            ],
            logs / "redis.log",
        )

    async def start(self):
        for directory in (self.data, self.sockets):
            shutil.rmtree(directory, ignore_errors=True)
            directory.mkdir(parents=True)
            if os.geteuid() == 0:
                shutil.chown(directory, "postgres")
        await asyncio.to_thread(
            subprocess.run,
            as_postgres(
                self.binaries / "initdb",
                "-D",
                self.data,
                "-U",
                "synapse",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C",
                "--no-sync",
            ),
            check=True,
            stdout=subprocess.DEVNULL,
        )
        self.redis.start()
        self.postgresql.start()
        await self.redis.until(lambda: accepts(self.redis_socket))
        await self.postgresql.until(self.takes_queries)
        await self.query("postgres", "CREATE DATABASE synapse")

    async def takes_queries(self):
        return await self.query("postgres", "SELECT 1", check=False) == 0

    async def query(self, database, sql, check=True):
        """Exit status of psql."""
        run = await asyncio.to_thread(
            subprocess.run,
            [self.binaries / "psql", "-q", "-h", self.sockets, "-U", "synapse", "-d", database, "-c", sql],
            check=check,
            stdout=subprocess.DEVNULL,
            stderr=None if check else subprocess.DEVNULL,
        )
        return run.returncode

    async def stop(self):
        for process in (self.redis, self.postgresql):
            await process.stop()


def as_postgres(*command):
    """PostgreSQL refuses to run as root."""
    return (
        ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command]
        if os.geteuid() == 0
        else list(command)
    )


def newest_postgresql():
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if not found:
        raise Failed("PostgreSQL is missing: install it with  apt-get install postgresql")
    return found[-1]
