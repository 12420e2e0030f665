"""What an edge goes through: held polls, a rush of new clients, clients that stop in a handshake, certificates that
change, compressed replies, a restart. Each with a gateway of its own, on one core; workers and clients have the other.
"""

import asyncio
import contextlib
import functools
import json
import os
import pathlib
import random
import re
import shutil
import ssl
import statistics
import subprocess
import time
import typing

import contenders
import harness
import measure
import raw
import tls_client
import traffic
import watch
from harness import load, tls

PROBES_A_SECOND = 20
OTHERS_LIMIT_MILLIS = 50
HEAD_TIMEOUT_SECONDS = 5
ASK = traffic.request(contenders.NOTIFICATIONS, harness.token("user1"))
WARM_CHANGES = 20  # that are not counted for memory


class Form(typing.NamedTuple):
    """How long all takes, and how far it goes."""

    polls: int
    rush: int  # new connections
    rush_rate: int  # of them a second
    unfinished: int  # handshakes
    unfinished_rounds: int
    changes: int  # of the certificate
    change_polls: int
    change_rate: int  # of GETs a second meanwhile
    sessions: int
    starts: int
    compressed_warm: float  # seconds that are not counted
    compressed_seconds: float


FULL = Form(9000, 20_000, 2000, 1000, 3, 100, 100, 500, 200, 5, 20, 4)
QUICK = Form(300, 500, 500, 100, 1, 2, 20, 50, 20, 1, 0.5, 0.5)


class Judge:
    """Judges figures of a whole run. A lean run looks whether all of it works, and tells most of them only."""

    def __init__(self, report, strict):
        self.report = report
        self.strict = strict

    def limit(self, name, value, *, met):
        measure.judge(self.report, self.strict, name, value, met=met)


async def all_of(form, cores, report, strict):
    judge = Judge(report, strict)
    with measure.pinned(cores):
        for each in (polls, rush, unfinished, changes, compressed, resumed_later):
            await each(form, cores, judge)
    await first_reply(form, judge)


@contextlib.asynccontextmanager
async def served(name, cores, java=(), more=""):
    """A contender, and workers that hold polls."""
    async with harness.workers(4096, raw.Worker) as workers:
        certificate = workers.directory / "certificate"
        measure.certificate(certificate, "ECDSA")
        async with contenders.over_tls(name, workers.directory, cores, certificate, java, more) as contender:
            yield contender, workers


# ---------------------------------------------------------------------------- polls


async def polls(form, cores, judge):
    more = {}
    for name in ("gateway", "nginx"):
        async with served(name, cores) as (contender, workers):
            hold = functools.partial(held_poll, contender.port)
            more[name] = await raw.more_resident(contender.proxy, workers, form.polls, 1, hold)
        each = more[name] / form.polls / harness.KIB
        judge.report.figure(f"{form.polls} polls, more resident: {name}", f"{more[name] / 1e6:.0f} MB, {each:.1f} KiB each")
    judge.limit("no more than nginx", f"{more['gateway'] / more['nginx']:.2f}", met=more["gateway"] <= more["nginx"])


def held_poll(port, number):
    """A connection with a poll that waits for the worker."""
    target, fields = raw.poll(number)
    client = tls_client.connected(port)
    client.sendall(f"GET {target} HTTP/1.1\r\nHost: matrix.example\r\n{fields}\r\n".encode())
    return client


# ---------------------------------------------------------------------------- a rush of new clients


async def rush(form, cores, judge):
    async with served("gateway", cores) as (contender, _):
        if judge.strict:
            await h2load(contender.port, form)  # for the JVM to compile
        rushing = asyncio.create_task(h2load(contender.port, form))
        times = await probed(contender.port, rushing.done)
        failed, seconds = await rushing
        told = f"{failed} in {seconds:.1f} s"
        judge.report.require(f"{form.rush} new connections, {form.rush_rate} a second: none fails", told, met=not failed)
        late = load.percentile(times, 99)
        judge.limit("others meanwhile, p99 < 50 ms", f"{late:.1f} ms", met=late < OTHERS_LIMIT_MILLIS)


async def h2load(port, form):
    """Connects so often and asks once each time; how many failed, and how long all took."""
    period = 10 * form.rush_rate // 1000
    # it must not keep workers and others waiting, with which it shares a core
    command = ["nice", "-n19", "h2load", "--h1", "-t1", f"-n{form.rush}", f"-c{form.rush}", f"-r{period}", "--rate-period=10ms"]
    begin = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        *command, f"https://127.0.0.1:{port}/_matrix/client/versions", stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    output, _ = await process.communicate()
    told = re.search(r"status codes: (\d+) 2xx", output.decode())
    if not told:
        raise harness.Failed(f"h2load: {output.decode()[-600:]}")
    return form.rush - int(told[1]), time.monotonic() - begin


async def probed(port, over):
    """How many milliseconds each request of another client takes, on a connection that is kept."""
    times = []
    async with harness.Client.to(port, tls=tls.client()) as client:
        while not over() or not times:
            begin = time.monotonic()
            await client.get("/_matrix/client/versions")
            times.append(1000 * (time.monotonic() - begin))
            await asyncio.sleep(1 / PROBES_A_SECOND)
    return times


# ---------------------------------------------------------------------------- clients that stop in a handshake


async def unfinished(form, cores, judge):
    java = [f"-Dgateway.client-head-timeout={HEAD_TIMEOUT_SECONDS}s"]
    async with served("gateway", cores, java) as (contender, _):
        if judge.strict:
            await h2load(contender.port, form)  # what the compilers take for a handshake is not the clients'
        hello = tls_client.hello()
        rounds = [await stopped_behind(hello, contender, form.unfinished) for _ in range(form.unfinished_rounds)]
        more, first, last = zip(*rounds, strict=True)
        each = statistics.median(more) / form.unfinished / harness.KIB
        judge.limit(
            f"{form.unfinished} clients stop behind their hello, more resident: < 16 KiB each",
            f"{each:.1f} KiB",
            met=each < 16,
        )
        met = min(first) >= HEAD_TIMEOUT_SECONDS - 0.1 and max(last) <= HEAD_TIMEOUT_SECONDS + 2
        judge.report.require(f"closed after {HEAD_TIMEOUT_SECONDS} s", f"{min(first):.1f} to {max(last):.1f} s", met=met)


async def stopped_behind(hello, contender, count):
    """Bytes more resident while so many clients have sent this only; when the first and the last are closed."""
    watch.trim_native_heap(contender.proxy)  # what is free in it would hide what they take
    before, ends = contender.proxy.resident_memory(), []

    async def stop():
        begin = time.monotonic()
        reader, writer = await asyncio.open_connection("127.0.0.1", contender.port)
        writer.write(hello)
        await reader.read()
        ends.append(time.monotonic() - begin)
        writer.close()

    clients = [asyncio.create_task(stop()) for _ in range(count)]
    await asyncio.sleep(HEAD_TIMEOUT_SECONDS / 2)
    more = contender.proxy.resident_memory() - before
    await asyncio.gather(*clients)
    return more, min(ends), max(ends)


# ---------------------------------------------------------------------------- certificates that change


async def changes(form, cores, judge):
    # what the native library holds is in the one native heap of the process, and the second compiler does not make that grow
    environment, java = ["env", "MALLOC_ARENA_MAX=1"], ["-XX:TieredStopAtLevel=1"]
    with harness.temporary_directory() as directory:
        certificates = [directory / str(number) for number in range(form.changes)]
        for certificate in certificates:
            harness.self_signed(certificate, "matrix.example")
        async with harness.workers(4096, raw.Worker) as workers:
            live = workers.directory / "certificate"
            measure.certificate(live, "ECDSA")
            async with contenders.over_tls("gateway", workers.directory, cores, live, java, environment=environment) as contender:
                await changed(certificates, live, contender, workers, form, judge)


async def changed(certificates, live, contender, workers, form, judge):
    clients = [await asyncio.to_thread(held_poll, contender.port, number) for number in range(form.change_polls)]
    over, waits, sizes = asyncio.Event(), [], []
    users = load.Load(contender.port, tls.client())
    asking = asyncio.create_task(users.steadily(form.change_rate, lambda number: get(users, number), over))
    for certificate in certificates:
        begin = time.monotonic()
        for name in ("privkey.pem", "fullchain.pem"):
            new = live / f"{name}.new"
            shutil.copy(certificate / name, new)
            os.replace(new, live / name)
        expected = ssl.PEM_cert_to_DER_cert((certificate / "fullchain.pem").read_text())
        while await asyncio.to_thread(tls_client.certificate, contender.port) != expected:
            if time.monotonic() - begin > 20:
                raise harness.Failed(f"certificate {certificate.name} is not served")
            await asyncio.sleep(0.05)
        waits.append(time.monotonic() - begin)
        sizes.append(native_heap(contender.proxy))
    over.set()
    await asking
    connections = len(users.idle)
    users.leave()
    what = f"{form.changes} certificates"
    judge.report.require(f"{what}, each is served < 2 s", f"{max(waits):.1f} s at most", met=max(waits) < 2)
    failed = users.failed("GET")
    told = f"{load.reasons(failed)}, on {connections} connections"
    judge.report.require(f"{what}: of {len(users.outcomes)} GETs fail", told, met=not failed)
    workers.release()
    whole = sum([await asyncio.to_thread(tls_client.status, client) == 200 for client in clients])
    judge.report.require(f"{what}: polls answered on their connection", whole, met=whole == len(clients))
    more = sizes[-1] - sizes[min(WARM_CHANGES, len(sizes) - 1)]
    judge.limit(f"{what}: more native memory, < 1 MB", f"{more / 1e6:.2f} MB", met=more < 1e6)


async def get(users, number):
    await users.ask("GET", "GET", f"/_matrix/client/versions?id={number}")


def native_heap(proxy):
    """The resident bytes of what malloc gives out."""
    smaps = pathlib.Path(f"/proc/{proxy.process.pid}/smaps").read_text()
    found = re.search(r"\[heap\]\n.*?^Rss: +(\d+) kB", smaps, re.DOTALL | re.MULTILINE)
    if not found:
        raise harness.Failed("the process has no native heap")
    return int(found[1]) * harness.KIB


# ---------------------------------------------------------------------------- compressed replies


async def compressed(form, cores, judge):
    gzip = "    gzip on;\n    gzip_comp_level 1;\n    gzip_types application/json;\n    gzip_proxied any;\n"
    used, late = {}, {}
    with harness.temporary_directory() as directory:
        measure.certificate(directory / "certificate", "ECDSA")
        request = measure.written(directory, "sync", [ASK])
        async with contenders.cheap_workers(directory, {}, notifications=events(100 * harness.KIB)):
            async with contextlib.AsyncExitStack() as stack:
                started = {}
                for name in ("gateway", "nginx"):
                    more = gzip if name == "nginx" else ""
                    contender = contenders.over_tls(name, directory, cores, directory / "certificate", more=more)
                    started[name] = await stack.enter_async_context(contender)
                    await is_compressed(started[name].port)
                await measure.wrk(started["gateway"].port, 8, form.compressed_warm, request, "https")
                for number in range(4 if judge.strict else 1):
                    for name, contender in measure.in_turn(started.items(), number):
                        meter = measure.Meter(contender.proxy)
                        asking = asyncio.create_task(measure.wrk(contender.port, 8, form.compressed_seconds, request, "https"))
                        times = await probed(contender.port, asking.done)
                        done = await asking
                        meter.stop()
                        used.setdefault(name, []).append(1e6 * meter.used / done["requests"])
                        late.setdefault(name, []).extend(times)
    cost = {name: statistics.median(values) for name, values in used.items()}
    told = ", ".join(f"{name} {value:.0f} us" for name, value in cost.items())
    judge.report.figure("a reply of 100 KiB JSON, compressed", told)
    judge.limit("<= 1.0 x nginx", f"{cost['gateway'] / cost['nginx']:.2f}", met=cost["gateway"] <= cost["nginx"])
    told = ", ".join(f"{name} {load.percentile(values, 99):.1f} ms" for name, values in late.items())
    judge.report.figure("others meanwhile, p99", told)


def events(size):
    """JSON of this size at least, about as compressible as Synapse's."""
    chance, made, length = random.Random(1), [], 0
    while length < size:
        number = chance.randrange(10**9)
        made.append(
            {
                "type": "m.room.message",
                "sender": f"@user{number % 97}:matrix.example",
                "content": {"msgtype": "m.text", "body": " ".join(chance.choices(traffic.WORDS, k=12))},
                "origin_server_ts": 1_790_000_000_000 + number,
                "unsigned": {"age": number % 86_400_000, "membership": "join"},
                "event_id": "$" + "".join(chance.choices("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", k=43)),
            }
        )
        length += len(json.dumps(made[-1]))
    return json.dumps({"notifications": made})


async def is_compressed(port):
    async with harness.Client.to(port, tls=tls.client()) as client:
        client.writer.write(ASK)
        await client.receive_status()
        if client.field("Content-Encoding") != "gzip":
            raise harness.Failed(f"a reply is not compressed: {client.head!r}")


# ---------------------------------------------------------------------------- a restart


async def resumed_later(form, cores, judge):
    with harness.temporary_directory() as directory:
        async with served("gateway", cores, [f"-Dgateway.tls.tickets={directory}/tickets"]) as (contender, _):
            before = [(await asyncio.to_thread(tls_client.ask, contender.port))[0] for _ in range(form.sessions)]
            await contender.proxy.stop()
            contender.proxy.start()
            await contender.proxy.until(contender.proxy.answers)
            after = [(await asyncio.to_thread(tls_client.ask, contender.port, session))[1] for session in before]
    what = f"of {form.sessions} sessions from before a restart are resumed, >= 95 %"
    judge.report.require(what, sum(after), met=sum(after) >= 0.95 * form.sessions)


async def first_reply(form, judge):
    """On all cores, as a start is."""
    times = []
    async with harness.workers(4096, raw.Worker) as workers:
        certificate = workers.directory / "certificate"
        measure.certificate(certificate, "ECDSA")
        for _ in range(form.starts):
            plain, port = harness.free_ports(2)
            command = contenders.https("gateway", workers.directory, plain, port, certificate, loops=0)
            process = harness.Process(command, workers.directory / f"start-{port}.log", cwd=harness.ROOT)
            begin = time.monotonic()
            async with process.running():
                await process.until(functools.partial(asyncio.to_thread, answers, port), pause=0.005)
                times.append(time.monotonic() - begin)
    told = f"{statistics.median(times):.2f} s, median of {form.starts}"
    judge.limit("from the start to the first reply over TLS, < 1 s", told, met=statistics.median(times) < 1)


def answers(port):
    with contextlib.suppress(OSError):
        return bool(tls_client.ask(port))
    return False
