"""What an admin looks at and does beside the traffic: health, meters, explain, check, drain, the status page's figures."""

import asyncio
import json
import urllib.request

import harness
from api import Api
from people import register

SYNC = "/_matrix/client/v3/sync"


async def play(stage, report):
    token = await register(stage, "wanda")
    management = f"http://127.0.0.1:{stage.gateway.settings['management.port']}"
    async with Api(stage.url, token) as wanda:
        since = (await wanda.need("GET", SYNC))["next_batch"]
        sync = f"{SYNC}?since={since}"
        await wanda.need("GET", sync)
        with report.step("ready, with each worker up"):
            told = json.loads(await fetch(f"{management}/observe/health/ready"))
            assert told["status"] == "UP", told
            assert "down" not in json.dumps(told), told
        with report.step("check finds every worker listening and healthy, and nothing wrong"):
            status, output = await command(stage, "check", "--strict")
            assert status == 0, output
        with report.step("explain names the group and the worker of a user, whose sync then counts for that worker"):
            asked = f"GET {sync}\nAuthorization: Bearer {token}"
            told = await fetch(f"{management}/observe/explain", asked.encode())
            assert token not in told
            assert "normal-sync" in told, told
            before = await synced(management)
            await wanda.need("GET", sync)
            after = await until_other(lambda: synced(management), before)
            (worker,) = [worker for worker in after if after[worker] != before.get(worker)]
            assert f"{worker}.sock" in told, (worker, told)
        with report.step("a drained worker gets no sync any more, and its users none that fails"):
            status, output = await command(stage, "worker", "drain", worker, "--wait", "30s")
            assert status == 0, output
            assert "is idle" in output, output
            before = await synced(management)
            for _ in range(3):
                await wanda.need("GET", sync)
            after = await until_other(lambda: synced(management), before)
            assert after.get(worker) == before.get(worker), (before, after)
            status, output = await command(stage, "worker", "undrain", worker)
            assert status == 0, output
        with report.step("the access log shows these syncs with group and worker, and holds no token"):
            file = stage.logs / "access.jsonl"
            text = await until_other(lambda: asyncio.to_thread(file.read_text), "")
            assert token not in text
            syncs = [line for line in map(json.loads, text.splitlines()) if line["group"] == "normal-sync"]
            assert {line["worker"] for line in syncs} >= {worker}, syncs[-3:]
        with report.step("the status page has each group with its workers"):
            told = json.loads(await fetch(f"{management}/observe/status"))
            names = json.dumps(told)
            assert all(f'"{group}"' in names for group in ("normal-sync", "initial-sync", "client-reader", "main")), told
            assert "<html" in (await fetch(f"{management}/")).lower()


async def synced(management):
    """How many requests of the normal syncs each worker has answered, by the meters."""
    counts = {}
    for line in (await fetch(f"{management}/observe/metrics")).splitlines():
        if line.startswith("gateway_requests_total{") and 'group="normal-sync"' in line:
            worker = line.split('worker="')[1].split('"')[0]
            counts[worker] = counts.get(worker, 0) + float(line.split()[-1])
    return counts


async def until_other(look, than):
    for _ in range(100):
        seen = await look()
        if seen != than:
            return seen
        await asyncio.sleep(0.1)
    return seen


async def fetch(url, body=None):
    def ask():
        with urllib.request.urlopen(url, body, timeout=20) as reply:
            return reply.read().decode()

    return await asyncio.to_thread(ask)


async def command(stage, *arguments):
    process = await asyncio.create_subprocess_exec(
        *harness.command({}),
        *arguments,
        cwd=stage.gateway.directory,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return process.returncode, output.decode()
