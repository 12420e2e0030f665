"""Proof of routing: each request's worker, by that worker's own log, against what the gateway says and what Synapse
documents. Requests that came by the front are decided once more by the routes; of those that came by TLS, whose tokens nobody
has logged, the gateway's access log tells the worker."""

import asyncio
import base64
import collections
import dataclasses
import pathlib
import re
import subprocess
import sys

import yaml

from api import Api
from harness import JAR, ROOT, programs
from people import register
from stage import HOME
from worker_logs import WorkerLogs

SCRIPTS = pathlib.Path(__file__).parent
TABLE = ROOT / "src" / "test" / "resources" / "routing" / "table.tsv"

# what main serves although a worker could, and why; all else that workers can serve is theirs
OF_MAIN = {
    r"/io\.element\.msc430[68]/": "thread subscriptions: main writes them here",
    r"/v3/events/\$|/appservice/irc/ping$|/complexity$|/openid/userinfo$|/v1/user/keys/(claim|query)$": (
        "no documentation gives it to a worker"
    ),
    r"//|/$": "an empty segment of the path",
    r"/(orgXmatrixX|mXlogin)": "another letter where the name has a dot",
}


@dataclasses.dataclass(frozen=True)
class Decision:
    """What the gateway says of a request: the group, and the workers of which one must have served it."""

    group: str
    workers: tuple


async def play(stage, report):
    await sweep(stage, report)
    await judge(stage, report)


# ---------------------------------------------------------------------------- every endpoint there is


async def sweep(stage, report):
    """Asks each request of the routing table, of Synapse itself. Those that log out have a user of their own."""
    statuses = collections.Counter()
    places = asyncio.Semaphore(16)
    async with (
        Api(stage.url, await register(stage, "sweep"), Api.PRIVATE) as stays,
        Api(stage.url, await register(stage, "leaver"), Api.PRIVATE) as leaves,
    ):

        async def ask(method, target):
            api = leaves if "/logout" in target else stays
            async with places:
                status, _ = await api.ask(method, target, {} if method in ("PUT", "POST") else None)
            statuses[status] += 1

        await asyncio.gather(*(ask(method, target) for method, target in table()))
    await strangers(stage, places)
    report.figure("requests of the routing table", ", ".join(f"{n} x {status}" for status, n in statuses.most_common()))


async def strangers(stage, places):
    """Syncs of both kinds of so many users that each worker of a ring must get some. Synapse knows none of them."""

    async def sync(name):
        localpart = base64.b64encode(name.encode()).decode().rstrip("=")
        async with places, Api(stage.url, f"syt_{localpart}_abcdefghijklmnopqrst_000000") as api:
            for query in ("", "?since=s1"):
                await api.need("GET", f"/_matrix/client/v3/sync{query}", status=401)

    await asyncio.gather(*(sync(f"stranger{n}") for n in range(100)))


def table():
    rows = [line.split("\t") for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]
    return [(method, target) for method, target, *_ in rows]


# ---------------------------------------------------------------------------- the verdict


async def judge(stage, report):
    requests = [each for each in await settled(stage) if is_logged(each)]
    logs = WorkerLogs(stage.logs, stage.synapse.processes)
    decisions = await asyncio.to_thread(decide, stage, requests)
    documented = await asyncio.to_thread(WorkersMap, stage)
    wrong, lost, unrecognized, to_main = [], [], [], []
    served = collections.Counter()
    groups = collections.defaultdict(collections.Counter)
    for request, decision in zip(requests, decisions, strict=True):
        what = f"{request['method']} {request['target'][:120]}"
        by = logs.served.get(request["id"], [])
        names = [each.worker for each in by]
        alone = not decision.workers or request["status"] == 413
        if len(names) != (0 if alone else 1):
            lost.append(f"{what}: decided {decision}, served by {names}, status {request['status']}")
            continue
        for name in names:
            served[name] += 1
            groups[decision.group][name] += 1
            if name not in decision.workers:
                wrong.append(f"{what}: decided {decision}, served by {name}")
            if by[0].status != request["status"]:
                wrong.append(f"{what}: {name} answered {by[0].status}, the client got {request['status']}")
            if request["id"] in logs.unrecognized and name != "main":
                unrecognized.append(f"{what}: {name}")
            if (
                name == "main"
                and not main_may(request["target"])
                and documented.serves(request["method"], request["target"])
            ):
                to_main.append(what)
    over_tls = [each for each in stage.requests_over_tls() if is_logged(each)]
    for request in over_tls:
        what = f"{request['method']} {request['target'][:120]}, by TLS"
        by = logs.served.get(request["id"], [])
        expected = [] if request["worker"] == "none" else [request["worker"].removeprefix("inbound_")]
        if (names := [each.worker for each in by]) != expected and request["status"] != 413:
            lost.append(f"{what}: logged {expected}, served by {names}, status {request['status']}")
            continue
        for each in by:
            served[each.worker] += 1
            groups[request["group"]][each.worker] += 1
            if each.status != request["status"]:
                wrong.append(f"{what}: {each.worker} answered {each.status}, the client got {request['status']}")
            if request["id"] in logs.unrecognized and each.worker != "main":
                unrecognized.append(f"{what}: {each.worker}")
            method, _, target = each.request.partition(" ")
            if each.worker == "main" and not main_may(target) and documented.serves(method, target):
                to_main.append(what)
    for group, names in sorted(groups.items()):
        report.figure(f"  {group}", ", ".join(f"{name} {count}" for name, count in sorted(names.items())))
    listed(report, f"all {len(requests)} and {len(over_tls)} requests came to one worker each, or to the gateway alone", lost)
    listed(report, f"{sum(served.values())} went where the gateway says, and came back with the worker's status", wrong)
    listed(report, "no worker answered M_UNRECOGNIZED", unrecognized)
    listed(report, "no process complained that another one should have been asked", logs.complaints)
    listed(report, "main served nothing that Synapse lets workers serve", sorted(set(to_main)))
    idle = sorted(set(stage.synapse.processes) - set(served))
    report.require("every worker has served", ", ".join(idle), met=not idle)


def is_logged(request):
    """Synapse keeps quiet about some requests, and maybe about those whose client has left, which is 499."""
    return request["method"] != "OPTIONS" and request["target"] != "/health" and request["status"] != 499


def main_may(target):
    return any(re.search(pattern, target.partition("?")[0]) for pattern in OF_MAIN)


def listed(report, name, found):
    report.require(name, f"{len(found)} did not" if found else "", met=not found)
    for line in found[:20]:
        print(f"        {line}")


async def settled(stage):
    """The requests, once the logs have all of those that the front has answered."""
    before = None
    while before != (now := len(stage.requests())):
        before = now
        await asyncio.sleep(1)
    return stage.requests()


def decide(stage, requests):
    """What the gateway says, by its own routes and rules."""
    classes = HOME / "classes"
    path = f"{JAR}:{JAR.parent}/lib/*"
    source = ROOT / "src" / "e2e" / "java" / "org" / "synapsegateway" / "ExplainAll.java"
    subprocess.run([programs.java("javac"), "-cp", path, "-d", classes, source], check=True)
    lines = "".join(
        "\t".join((each["client"], each["method"], each["target"], each["authorization"])) + "\n" for each in requests
    )
    run = subprocess.run(
        [programs.java(), "-cp", f"{classes}:{path}", "org.synapsegateway.ExplainAll"],
        cwd=stage.gateway.directory,
        input=lines,
        capture_output=True,
        encoding="iso-8859-1",
        check=True,
    )
    return [decision(line) for line in run.stdout.splitlines()]


def decision(line):
    group, _, sockets = line.split("\t")
    return Decision(group, tuple(re.findall(r"/inbound_(\w+)\.sock", sockets)))


class WorkersMap:
    """What any worker can serve, by Synapse's own servlets."""

    def __init__(self, stage):
        configuration = {}
        for name in ("homeserver", "overrides"):
            configuration |= yaml.safe_load((stage.synapse.configuration / f"{name}.yaml").read_text())
        file = stage.directory / "one.yaml"
        file.write_text(yaml.safe_dump(configuration))
        run = subprocess.run(
            [sys.executable, SCRIPTS / "workers_map.py", file],
            cwd=stage.directory,
            capture_output=True,
            text=True,
            check=True,
        )
        self.patterns = collections.defaultdict(list)
        for line in run.stdout.splitlines():
            method, _, pattern = line.partition("\t")
            self.patterns[method].append(re.compile(pattern))

    def serves(self, method, target):
        path = target.partition("?")[0]
        return any(pattern.match(path) for pattern in self.patterns[method])
