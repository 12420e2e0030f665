"""Fifty people write and sync while every process is restarted, the routes are loaded anew and a worker is added."""

import asyncio
import collections
import time

import nio

from flows_nio import client, good
from homeserver import EXAMPLE
from worker_logs import WorkerLogs

USERS, ROOM_SIZE = 50, 10
LONG_POLL = 10000
SLOW = 1.0  # seconds; a request that is no sync and takes longer has waited for a process
FILTER = {"room": {"timeline": {"limit": 1000}}}
NEWCOMER = "normal_sync4"


async def play(stage, report):
    town = Town(stage)
    try:
        await town.settle()
        asked_before = len(stage.requests_over_tls())
        town.begin()
        await town.breathe()
        for name in [*stage.synapse.workers, "main"]:
            await restart(stage, report, town, name)
        await reload(stage, report)
        await town.breathe()
        moment = len(stage.requests_over_tls())
        await add_worker(stage, report)
        await town.breathe()
        await town.end()
        town.judge(report)
    finally:
        await town.close()
    requests = stage.requests_over_tls()
    tell_of_waits(report, requests[asked_before:])
    tell_of_moves(stage, report, requests, moment)


# ---------------------------------------------------------------------------- what happens to the server


async def restart(stage, report, town, name):
    begin = time.monotonic()
    status = await stage.synapse.processes[name].stop()
    down = time.monotonic()
    await stage.synapse.start_process(name)
    took = f"{down - begin:.1f} s to stop, {time.monotonic() - down:.1f} s to start"
    report.figure(f"restarted {name}", took if status == 0 else f"{took}, exit status {status}")
    await town.breathe()


async def reload(stage, report):
    """Main's route, with a comment more."""
    before = reloads(stage)
    file = stage.gateway.routes / "main.camel.yaml"
    file.write_text(f"{file.read_text()}# another comment\n")
    await reloaded(stage, before)
    report.figure("routes loaded anew", "")


async def add_worker(stage, report):
    """A fourth worker for normal syncs: its file, its process, its line in the route."""
    before = reloads(stage)
    last = (EXAMPLE / "workers" / "normal_sync3.yaml").read_text()
    stage.synapse.write(f"workers/{NEWCOMER}.yaml", last.replace("normal_sync3", NEWCOMER))
    stage.synapse.workers[NEWCOMER] = stage.synapse.process(NEWCOMER)
    await stage.synapse.start_process(NEWCOMER)
    file = stage.gateway.routes / "sync.camel.yaml"
    line = next(line for line in file.read_text().splitlines(True) if "inbound_normal_sync3.sock" in line)
    file.write_text(file.read_text().replace(line, line + line.replace("normal_sync3", NEWCOMER)))
    await reloaded(stage, before)
    report.figure(f"added {NEWCOMER}", "")


def reloads(stage):
    return stage.gateway.process.log.read_text().count(" Reloaded: ")


async def reloaded(stage, before):
    async with asyncio.timeout(60):
        while reloads(stage) == before:
            await asyncio.sleep(0.1)


# ---------------------------------------------------------------------------- the people


class Town:
    """Fifty people in rooms of ten. Each one syncs all the time, and writes every other second."""

    def __init__(self, stage, name="resident", url=None):
        self.people = [Person(stage, f"{name}{number}", url) for number in range(USERS)]
        self.rooms = []
        self.over = asyncio.Event()
        self.writing, self.following = [], []
        self.all_is_written = False

    async def settle(self):
        await asyncio.gather(*(person.register() for person in self.people))
        for start in range(0, USERS, ROOM_SIZE):
            members = self.people[start : start + ROOM_SIZE]
            room = (await good(members[0].client.room_create(preset=nio.RoomPreset.public_chat))).room_id
            self.rooms.append(room)
            for person in members:
                person.room = room
                await good(person.client.join(room))
        await asyncio.gather(*(good(person.client.sync(timeout=0, sync_filter=FILTER)) for person in self.people))

    def begin(self):
        self.writing = [asyncio.create_task(person.write(self.over)) for person in self.people]
        self.following = [asyncio.create_task(person.follow(self)) for person in self.people]

    async def breathe(self):
        """Until everybody has written again: those too whose room had to wait for its process."""
        begin = time.monotonic()
        async with asyncio.timeout(60):
            while not all(person.wrote_since > begin for person in self.people):
                await asyncio.sleep(0.1)

    async def end(self):
        """Writing ends; syncing continues until every user has seen every message, or half a minute."""
        self.over.set()
        await asyncio.gather(*self.writing)
        self.all_is_written = True
        await asyncio.wait(self.following, timeout=30)

    def written(self, room):
        return {event for person in self.people if person.room == room for event in person.written}

    def has_seen_all(self, person):
        return self.all_is_written and self.written(person.room) <= person.seen

    def judge(self, report):
        errors = [error for person in self.people for error in person.errors]
        syncs, texts = sum(person.syncs for person in self.people), sum(len(person.written) for person in self.people)
        report.require(f"{syncs} syncs and {texts} messages of {USERS} people, no error", len(errors) or "", met=not errors)
        for error, count in collections.Counter(errors).most_common(10):
            print(f"        {count} x {error}"[:300])
        missing = sum(len(self.written(person.room) - person.seen) for person in self.people)
        report.require("syncs resumed: everybody has seen every message of the room", missing or "", met=not missing)

    async def close(self):
        for life in (*self.writing, *self.following):
            life.cancel()
        await asyncio.gather(*self.writing, *self.following, return_exceptions=True)
        for person in self.people:
            await person.client.close()


class Person:
    def __init__(self, stage, name, url):
        self.client = client(stage, url=url)
        self.name = name
        self.room = None
        self.written = []
        self.wrote_since = 0.0  # when it began to write what was written last
        self.seen = set()
        self.syncs = 0
        self.errors = []

    async def register(self):
        await good(self.client.register(self.name, "password"))

    async def write(self, over):
        number = 0
        while not over.is_set():
            number += 1
            begin = time.monotonic()
            content = {"msgtype": "m.text", "body": f"{self.name} {number}"}
            if reply := await self.try_to("write", self.client.room_send(self.room, "m.room.message", content)):
                self.written.append(reply.event_id)
                self.wrote_since = begin
            await asyncio.sleep(2)

    async def follow(self, town):
        while not town.has_seen_all(self):
            if reply := await self.try_to("sync", self.client.sync(timeout=LONG_POLL, sync_filter=FILTER)):
                self.syncs += 1
                for room in reply.rooms.join.values():
                    if room.timeline.limited:
                        self.errors.append("sync: a gap in the timeline")
                    self.seen |= {event.event_id for event in room.timeline.events}

    async def try_to(self, what, request):
        """The reply, or None after an error, which is what the user would be shown."""
        try:
            return await good(request)
        except asyncio.CancelledError:
            raise
        except Exception as e:  # whatever the client says
            self.errors.append(f"{what}: {type(e).__name__}: {e}")
            await asyncio.sleep(0.5)
            return None


# ---------------------------------------------------------------------------- what the logs say


def tell_of_waits(report, requests):
    waits = sorted(each["last_byte"] for each in requests if "/sync" not in each["target"] and each["last_byte"] > SLOW)
    longest = f", the longest {waits[-1]:.1f} s, half of them less than {waits[len(waits) // 2]:.1f} s" if waits else ""
    others = sum("/sync" not in each["target"] for each in requests)
    report.figure(f"of {others} requests that are no syncs", f"{len(waits)} waited for more than {SLOW:.0f} s{longest}")
    statuses = collections.Counter(each["status"] for each in requests)
    report.figure("statuses", ", ".join(f"{count} x {status}" for status, count in statuses.most_common()))


def tell_of_moves(stage, report, requests, moment):
    """Who has another worker for normal syncs since there is one more."""
    logs = WorkerLogs(stage.logs, stage.synapse.processes)
    before, after = ring(logs, requests[:moment]), ring(logs, requests[moment:])
    moved = {who: (before[who], after[who]) for who in before.keys() & after.keys() if before[who] != after[who]}
    report.figure("people who moved to the new worker", f"{len(moved)} of {len(before)}")
    strays = {who: move for who, move in moved.items() if move[1] != NEWCOMER}
    report.require("the new worker serves, and no user moved but to it", strays or "", met=moved and not strays)


def ring(logs, requests):
    """The worker that last served each user's normal syncs."""
    found = {}
    for request in requests:
        for served in logs.served.get(request["id"], []):
            if served.worker.startswith("normal_sync"):
                found[served.who] = served.worker
    return found
