"""Proof of routing: each request's worker, by that worker's own log, against what the gateway says and what Synapse
documents."""

import asyncio
import collections
import dataclasses
import re
import subprocess
import sys

import yaml

from api import Api
from gateway import JAR, java
from people import register
from stage import HOME
from synapse import ROOT
from worker_logs import WorkerLogs

TABLE = ROOT / "src" / "test" / "resources" / "routing" / "table.tsv"


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
    report.figure("requests of the routing table", ", ".join(f"{n} x {status}" for status, n in statuses.most_common()))


def table():
    rows = [line.split("\t") for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]
    return [(method, target) for method, target, *_ in rows]


# ---------------------------------------------------------------------------- the verdict


async def judge(stage, report):
    requests = await settled(stage)
    logs = WorkerLogs(stage.logs, stage.synapse.processes)
    decisions = await asyncio.to_thread(decide, stage, requests)
    documented = await asyncio.to_thread(WorkersMap, stage)
    wrong, lost, unrecognized, to_main = [], [], [], []
    served = collections.Counter()
    groups = collections.defaultdict(collections.Counter)
    for request, decision in zip(requests, decisions):
        what = f"{request['method']} {request['target'][:120]}"
        by = logs.served.get(request["id"], [])
        names = [each.worker for each in by]
        if len(names) != (1 if decision.workers else 0):
            lost.append(f"{what}: decided {decision}, served by {names}, status {request['status']}")
            continue
        for name in names:
            served[name] += 1
            groups[decision.group][name] += 1
            if name not in decision.workers:
                wrong.append(f"{what}: decided {decision}, served by {name}")
            if request["id"] in logs.unrecognized and name != "main":
                unrecognized.append(f"{what}: {name}")
            if name == "main" and documented.is_workers(request):
                to_main.append(what)
    for group, names in sorted(groups.items()):
        report.figure(f"  {group}", ", ".join(f"{name} {count}" for name, count in sorted(names.items())))
    listed(report, f"all {len(requests)} requests came to one worker each, or to the gateway alone", lost)
    listed(report, f"{sum(served.values())} by the workers' logs went where the gateway says", wrong)
    listed(report, "no worker answered M_UNRECOGNIZED", unrecognized)
    listed(report, "no process complained that another one should have been asked", logs.complaints)
    listed(report, "main served nothing that Synapse lets workers serve", sorted(set(to_main)))
    idle = sorted(set(stage.synapse.processes) - set(served))
    report.require("every worker has served", not idle, ", ".join(idle))


def listed(report, name, found):
    report.require(name, not found, f"{len(found)} did not" if found else "")
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
    subprocess.run([java("javac"), "-cp", path, "-d", classes, source], check=True)
    lines = "".join(
        "\t".join((each["client"], each["method"], each["target"], each["authorization"])) + "\n" for each in requests
    )
    run = subprocess.run(
        [java(), "-cp", f"{classes}:{path}", "org.synapsegateway.ExplainAll"],
        cwd=stage.gateway.directory, input=lines, capture_output=True, encoding="iso-8859-1", check=True,
    )
    return [decision(line) for line in run.stdout.splitlines()]


def decision(line):
    group, _, sockets = line.split("\t")
    return Decision(group, tuple(re.findall(r"/inbound_(\w+)\.sock", sockets)))


class WorkersMap:
    """What workers can serve, as Synapse's own script lists it from its servlets."""

    def __init__(self, stage):
        configuration = {}
        for name in ("homeserver", "overrides"):
            configuration |= yaml.safe_load((stage.synapse.configuration / f"{name}.yaml").read_text())
        file = stage.directory / "one.yaml"
        file.write_text(yaml.safe_dump(configuration))
        run = subprocess.run(
            [sys.executable, "-m", "synapse._scripts.generate_workers_map", "--config-path", file],
            cwd=stage.directory, capture_output=True, text=True, check=True,
        )
        (stage.logs / "workers-map.txt").write_text(run.stdout)
        self.lines = [self.line(text) for text in run.stdout.splitlines() if text and not text.startswith("#")]

    @staticmethod
    def line(text):
        method, _, path = text.rpartition(" ")
        return method.strip() or None, re.compile(path)

    def is_workers(self, request):
        path = request["target"].partition("?")[0]
        return any(
            (method is None or method == request["method"]) and pattern.match(path) for method, pattern in self.lines
        )
