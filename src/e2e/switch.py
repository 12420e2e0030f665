"""A site with nginx is imported, compared, rehearsed and switched to the gateway and back, once to the shipped routes and once to
those that decide as nginx does, while fifty people write and sync: nobody gets another worker than was told, and no request is
lost. All steps are those of docs/import.md and docs/migrate-from-nginx.md."""

import asyncio
import collections
import json
import re
import signal
import subprocess

import harness
from harness import Client, accepts, free_ports
from life import USERS, Town
from reference import reference
from stage import OVERRIDES
from worker_logs import WorkerLogs

SYNC = "/_matrix/client/v3/sync?timeout=0"
# groups of several workers; of the shipped routes the last one goes by the room, which nginx here does not
BY_USER, BY_ROOM = {"initial_sync", "normal_sync"}, {"event_creator"}
# nginx shows the admin API to everybody, and one of its lines misses a writer
FINDINGS = {"public-admin-api": 1, "not-the-writer": 1}


async def play(stage, report):
    port = harness.free_port()
    directory = stage.directory / "switch"
    nginx = Nginx(reference(stage, directory, port), directory, port)
    async with nginx.process.running():
        await nginx.process.until(lambda: accepts(port))
        moves = [Move(stage, report, nginx, "shipped", BY_USER), Move(stage, report, nginx, "faithful", BY_USER | BY_ROOM)]
        for move in moves:
            await move.bring()
        town = Town(stage, "mover", f"http://127.0.0.1:{port}")
        strict = Strict(port, town.people)
        try:
            await town.settle()
            town.begin()
            asking = asyncio.create_task(strict.ask())
            await breathe(town, strict)
            for move in moves:
                await move.rehearse()
                await move.switch_and_back(lambda: breathe(town, strict))
            strict.over.set()
            await asking
            await town.end()
            town.judge(report)
            name = f"{strict.asked} syncs on connections of their own, no error"
            report.require(name, dict(strict.failures) or "", met=not strict.failures)
            judge(stage, report, nginx, moves)
        finally:
            for move in moves:
                await move.gateway.stop()
            await town.close()


async def breathe(town, strict):
    await asyncio.gather(town.breathe(), strict.breathe())


class Nginx:
    """The nginx that serves the site, whose site.conf an admin changes."""

    def __init__(self, process, directory, port):
        self.process = process
        self.directory = directory
        self.port = port
        self.site = directory / "site.conf"
        self.old = self.site.read_text()

    async def say(self, option):
        """What it says for an option; raises if it finds fault with its configuration."""
        run = await asyncio.to_thread(
            subprocess.run, [*self.process.command, option], capture_output=True, text=True, check=False
        )
        if run.returncode:
            raise harness.Failed(f"nginx {option}: {run.stderr[-500:]}")
        return run.stdout

    async def load(self, text):
        self.site.write_text(text)
        await self.say("-t")
        self.process.process.send_signal(signal.SIGHUP)

    def requests(self):
        lines = (self.directory / "requests.jsonl").read_text().splitlines()
        return {each["id"]: each for each in map(json.loads, lines)}


class Move:
    """A gateway that is to take the place of Synapse behind nginx, with the routes of an import."""

    def __init__(self, stage, report, nginx, routes, kept):
        self.stage = stage
        self.report = report
        self.nginx = nginx
        self.routes = routes
        self.kept = kept
        self.port, management_port = free_ports(2)
        self.home = nginx.directory / routes
        (self.home / "config").mkdir(parents=True)
        (self.home / "config" / "application.properties").write_text(
            f"gateway.port={self.port}\nmanagement.port={management_port}\n"
        )
        self.gateway = harness.Process(harness.command({}), stage.logs / f"{routes}.log", cwd=self.home)

    def require(self, name, value="", *, met):
        self.report.require(f"{self.routes}: {name}", value, met=met)

    async def command(self, *words):
        """Exit status and output of one of the gateway's commands."""
        command = [*harness.command({}), *words]
        run = await asyncio.to_thread(subprocess.run, command, cwd=self.home, capture_output=True, text=True, check=False)
        return run.returncode, run.stdout + run.stderr

    async def bring(self):
        """Imports the site, and compares what is made of it with its nginx, before anybody is there."""
        etc = self.stage.synapse.configuration
        dump = self.nginx.directory / "nginx.dump"
        dump.write_text(await self.nginx.say("-T"))
        files = [etc / "homeserver.yaml", etc / "overrides.yaml"]
        files += [etc / "workers" / f"{name}.yaml" for name in self.stage.synapse.workers]
        options = ["--faithful"] if self.routes == "faithful" else []
        status, text = await self.command("import", *files, dump, *options)
        if status not in (0, 3):
            raise harness.Failed(f"import: {text.strip()[-500:]}")
        found = collections.Counter(re.findall(r"^to do: .*\[([a-z-]+)]$", text, re.MULTILINE))
        self.require("import has the findings of this site, and no others", dict(found), met=found == FINDINGS)
        secrets = [value for key, value in OVERRIDES.items() if "secret" in key]
        written = text + "".join(file.read_text() for file in self.home.rglob("*") if file.is_file())
        self.require("no secret is printed or written", met=not any(secret in written for secret in secrets))
        self.new = (self.home / "import-report.md").read_text().split("```nginx\n")[1].split("```")[0]
        status, text = await self.command("import", "--compare", dump, "--ask-nginx")
        bad = [line for line in text.splitlines() if line.startswith(("would break ", "cannot tell ", "not Synapse's "))]
        self.require("import --compare: nothing would break, all is told", bad or "", met=status == 3 and not bad)
        asked = text.strip().splitlines()[-1]
        self.require("nginx itself", asked.removeprefix("nginx itself was "), met=asked.endswith(" than is said here: 0"))
        shares: dict[str, int] = {}
        for upstream, percent in re.findall(r"^  (\w+) -> .*: (\d+) %$", text, re.MULTILINE):
            shares[upstream] = min(int(percent), shares.get(upstream, 100))
        kept = {upstream for upstream, percent in shares.items() if percent == 100}
        self.require("users that keep their worker, as --compare tells it", shares, met=kept == self.kept)

    async def rehearse(self):
        """Where the requests so far would go, whether the workers are well, and a request past nginx."""
        status, text = await self.command("explain", "--from-log", self.nginx.directory / "rehearsal.log")
        self.require("explain --from-log", text.strip().splitlines()[0][:60], met=status == 0)
        self.gateway.start()
        await self.gateway.until(lambda: accepts(self.port))
        status, text = await self.command("check")
        self.require("check: routes and workers are well", "" if status == 0 else text[-300:], met=status == 0)
        async with Client.to(self.port) as client:
            await client.send("GET", "/_matrix/client/versions")
            status = await client.receive_status()
        self.require("the gateway answers beside nginx", status, met=status == 200)

    async def switch_and_back(self, breathe):
        for text in (self.new, self.nginx.old):
            await self.nginx.load(text)
            await breathe()


class Strict:
    """Asks for everybody's syncs, twenty a second, each on a connection of its own and without a second try."""

    def __init__(self, port, people):
        self.port = port
        self.people = people
        self.failures = collections.Counter()
        self.asked = 0
        self.over = asyncio.Event()

    async def ask(self):
        running = set()
        while not self.over.is_set():
            task = asyncio.create_task(self.one(self.asked))
            running.add(task)
            task.add_done_callback(running.discard)
            self.asked += 1
            await asyncio.sleep(0.05)
        await asyncio.gather(*running)

    async def one(self, number):
        """An initial sync and a normal one of each person in turn."""
        client = self.people[number // 2 % len(self.people)].client
        since = f"&since={client.next_batch}" if number % 2 else ""
        try:
            async with Client.to(self.port) as connection:
                await connection.send("GET", SYNC + since, {"Authorization": f"Bearer {client.access_token}"})
                said: object = await connection.receive_status()
                async for _ in connection.body():
                    pass
        except (OSError, EOFError) as e:
            said = repr(e)
        if said != 200:
            self.failures[said] += 1

    async def breathe(self):
        """Until both syncs of everybody have begun anew."""
        end = self.asked + 2 * len(self.people)
        while self.asked < end:
            await asyncio.sleep(0.1)


def judge(stage, report, nginx, moves):
    """By nginx's log and those of Synapse's processes."""
    requests = nginx.requests()
    bad = [each for each in requests.values() if each["status"] != 200 or "," in each["upstream"]]
    report.require(f"{len(requests)} requests have 200 at the first try", f"{len(bad)}: {bad[:5]}" if bad else "", met=not bad)
    workers = collections.defaultdict(set)
    for id, all_served in WorkerLogs(stage.logs, stage.synapse.processes).served.items():
        for served in all_served if id in requests else ():
            group = served.worker.rstrip("0123456789")
            workers[requests[id]["upstream"], group, served.who].add(served.worker)
    ports = {f"127.0.0.1:{move.port}" for move in moves}
    before = collections.defaultdict(set)
    for (upstream, group, who), served in workers.items():
        if upstream not in ports:
            before[group, who] |= served
    for move in moves:
        through = [(key[1:], served) for key, served in workers.items() if key[0] == f"127.0.0.1:{move.port}"]
        for group in sorted(BY_USER | BY_ROOM):
            users = {key[1]: (before[key], served) for key, served in through if key[0] == group and before[key]}
            moved = sum(len(old | new) > 1 for old, new in users.values())
            name = f"{move.routes}: {group}: users whose workers differ by nginx and by the gateway"
            figure = f"{moved} of {len(users)}"
            if group in move.kept:
                report.require(name, figure, met=not moved and len(users) == USERS)
            else:
                report.figure(name, figure)
