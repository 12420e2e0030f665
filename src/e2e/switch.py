"""A site with nginx is imported, compared, rehearsed and switched to the gateway and back, twice, while fifty people write and
sync: nobody gets another worker, and no request is lost. All steps are those of docs/import.md and docs/migrate-from-nginx.md."""

import asyncio
import collections
import json
import signal
import subprocess

import harness
from harness import Client, accepts, free_ports
from life import USERS, Town
from reference import reference
from stage import OVERRIDES
from worker_logs import WorkerLogs

ROUNDS = 2
SYNC = "/_matrix/client/v3/sync?timeout=0"
# groups of several workers, which nginx and the routes both share by a hash of the user
SHARED = ("initial_sync", "normal_sync", "event_creator")
# what docs/import.md says of this site: nginx shows the admin API to everybody, and one of its lines misses a writer
FINDINGS = {"public-admin-api": 1, "not-the-writer": 1}


async def play(stage, report):
    move = Move(stage, report)
    async with move.nginx.running():
        await move.nginx.until(lambda: accepts(move.port))
        await move.bring()
        town = Town(stage, "mover", f"http://127.0.0.1:{move.port}")
        strict = Strict(move.port, town.people)
        try:
            await town.settle()
            town.begin()
            asking = asyncio.create_task(strict.ask())
            await breathe(town, strict)
            await move.rehearse()
            await move.switch_and_back(lambda: breathe(town, strict))
            strict.over.set()
            await asking
            await town.end()
            town.judge(report)
            name = f"{strict.asked} syncs on connections of their own, no error"
            report.require(name, dict(strict.failures) or "", met=not strict.failures)
            judge(stage, report, move)
        finally:
            await town.close()


async def breathe(town, strict):
    await asyncio.gather(town.breathe(), strict.breathe())


class Move:
    """The nginx that serves the site, and the gateway that is to take its place behind it."""

    def __init__(self, stage, report):
        self.stage = stage
        self.report = report
        self.port, self.gateway_port, management_port = free_ports(3)
        self.directory = stage.directory / "switch"
        self.nginx = reference(stage, self.directory, self.port)
        self.home = self.directory / "mysite"
        (self.home / "config").mkdir(parents=True)
        (self.home / "config" / "application.properties").write_text(
            f"gateway.port={self.gateway_port}\nmanagement.port={management_port}\n"
        )
        self.gateway = harness.Process(harness.command({}), stage.logs / "switch-gateway.log", cwd=self.home)
        self.site = self.directory / "site.conf"
        self.old = self.site.read_text()

    async def command(self, *words):
        """Exit status and output of one of the gateway's commands."""
        command = [*harness.command({}), *words]
        run = await asyncio.to_thread(subprocess.run, command, cwd=self.home, capture_output=True, text=True, check=False)
        return run.returncode, run.stdout + run.stderr

    async def nginx_command(self, option):
        """What nginx says for an option; raises if it finds fault with its configuration."""
        run = await asyncio.to_thread(
            subprocess.run, [*self.nginx.command, option], capture_output=True, text=True, check=False
        )
        if run.returncode:
            raise harness.Failed(f"nginx {option}: {run.stderr[-500:]}")
        return run.stdout

    async def bring(self):
        """Imports the site, and compares what is made of it with its nginx, before anybody is there."""
        etc = self.stage.synapse.configuration
        dump = self.directory / "nginx.dump"
        dump.write_text(await self.nginx_command("-T"))
        workers = [etc / "workers" / f"{name}.yaml" for name in self.stage.synapse.workers]
        status, text = await self.command("import", etc / "homeserver.yaml", etc / "overrides.yaml", *workers, dump)
        if status not in (0, 3):
            raise harness.Failed(f"import: {text.strip()[-500:]}")
        found = dict(collections.Counter(line[line.rindex("[") + 1 : -1] for line in text.splitlines() if line.startswith("to do: ")))
        self.report.require("import: the findings of this site, and no others", found, met=(status, found) == (3, FINDINGS))
        page = (self.home / "import-report.md").read_text()
        secrets = [value for key, value in OVERRIDES.items() if "secret" in key]
        written = text + "".join(file.read_text() for file in self.home.rglob("*") if file.is_file())
        self.report.require("no secret is printed or written", met=not any(secret in written for secret in secrets))
        self.new = page.split("```nginx\n")[1].split("```")[0]
        status, text = await self.command("import", "--compare", dump, "--ask-nginx")
        verdicts = [line.split()[0:2] for line in text.splitlines() if line.startswith(("would", "cannot", "not Syn"))]
        self.report.require("import --compare: nothing would break, all is told", verdicts or "", met=status == 3 and not verdicts)
        asked = text.strip().splitlines()[-1]
        self.report.require("nginx itself decides as it is said", asked, met=asked.endswith("decides otherwise than is said here: 0"))
        keep = [f"{name} -> {name.replace('_', '-')}: 100 %" for name in SHARED]
        self.report.require("users that keep their worker, by --compare: all", met=all(line in text for line in keep))

    async def rehearse(self):
        """Where the requests so far would go, whether the workers are well, and a request past nginx."""
        status, text = await self.command("explain", "--from-log", self.directory / "rehearsal.log")
        self.report.require("explain --from-log", text.strip().splitlines()[0][:60], met=status == 0)
        self.gateway.start()
        await self.gateway.until(lambda: accepts(self.gateway_port))
        status, text = await self.command("check")
        self.report.require("check: routes and workers are well", "" if status == 0 else text[-300:], met=status == 0)
        async with Client.to(self.gateway_port) as client:
            await client.send("GET", "/_matrix/client/versions")
            status = await client.receive_status()
        self.report.require("the gateway answers beside nginx", status, met=status == 200)

    async def switch_and_back(self, breathe):
        try:
            for _ in range(ROUNDS):
                for text in (self.new, self.old):
                    await self.load(text)
                    await breathe()
        finally:
            await self.load(self.old)
            await self.gateway.stop()

    async def load(self, text):
        self.site.write_text(text)
        await self.nginx_command("-t")
        self.nginx.process.send_signal(signal.SIGHUP)


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


def judge(stage, report, move):
    """By nginx's log and those of Synapse's processes."""
    lines = (move.directory / "requests.jsonl").read_text().splitlines()
    requests = {each["id"]: each for each in map(json.loads, lines)}
    gateway = f"127.0.0.1:{move.gateway_port}"
    through = {id for id, each in requests.items() if each["upstream"] == gateway}
    bad = [each for each in requests.values() if each["status"] != 200 or "," in each["upstream"]]
    name = f"{len(requests)} requests, {len(through)} of them by the gateway: all have 200 at the first try"
    report.require(name, f"{len(bad)}: {bad[:5]}" if bad else "", met=not bad)
    workers = collections.defaultdict(lambda: (set(), set()))
    for id, all_served in WorkerLogs(stage.logs, stage.synapse.processes).served.items():
        for served in all_served if id in requests else ():
            if served.worker.startswith(SHARED):
                workers[served.worker.rstrip("0123456789"), served.who][id in through].add(served.worker)
    for group in SHARED:
        users = {who: both for (of, who), both in workers.items() if of == group and all(both)}
        moved = {who: both for who, both in users.items() if len(both[0] | both[1]) > 1}
        spread = len(set().union(*(both[0] for both in users.values())))
        name = f"{group}: {len(users)} users on {spread} workers have the same one by nginx and by the gateway"
        report.require(name, moved or "", met=not moved and len(users) == USERS and spread > 1)

