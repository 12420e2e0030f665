"""Plays the parts one after the other on one stage; see src/e2e/run."""

import asyncio
import time

import nio
from stage import Stage


async def main():
    begin = time.monotonic()
    async with Stage() as stage:
        print("up after", time.monotonic() - begin)
        c = nio.AsyncClient(stage.url, "")
        print(await c.register("alice", "pw"))
        print(await c.sync(timeout=0))
        await c.close()
    print(stage.requests())
    print("down after", time.monotonic() - begin)


asyncio.run(main())
