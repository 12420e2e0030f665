"""The same requests of Synapse through nginx, as admins set it up today, and through the gateway: the replies agree."""

import asyncio
import dataclasses
import http.client
import json
import re

from harness import accepts, free_port
from people import register
from reference import reference
from routing import TABLE

# what each hop says for itself
OF_THE_HOP = {"date", "server", "connection", "keep-alive", "transfer-encoding"}
# where the two choose different processes, and why
UNLIKE = {
    "[A-Z]+ //": "nginx chooses by the path without double slashes",
    "GET /_synapse/admin/v1/quarantine_media/": "nginx chooses by path alone; no process has this method",
}
# how far a process has come in the streams, and how long ago things were
POSITIONS = {"next_batch", "start", "end", "last_active_ago", "age"}


@dataclasses.dataclass(frozen=True)
class Reply:
    status: int
    reason: str
    fields: tuple
    body: bytes


async def play(stage, report):
    port = free_port()
    nginx = reference(stage, stage.directory / "reference", port)
    async with nginx.running():
        await nginx.until(lambda: accepts(port))
        await compare(stage, report, {"nginx": port, "gateway": stage.gateway.port})


async def compare(stage, report, ports):
    rows = [line.split("\t") for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]
    requests = [
        (method, at_once(target))
        for method, target, group, *_ in rows
        if group != "forbidden" and not any(re.match(pattern, f"{method} {target}") for pattern in UNLIKE)
    ]
    token = await register(stage, "comparer")
    leaver = await register(stage, "leaver2")
    places = asyncio.Semaphore(8)
    differences = []

    async def one(method, target):
        async with places:
            who = leaver if "/logout" in target else token
            difference = await Pair(ports, method, target, who).difference()
        if difference:
            differences.append(f"{method} {target}: {difference}")

    await asyncio.gather(*(one(method, target) for method, target in requests))
    report.require(
        f"{len(requests)} requests get the same status, fields and body from both",
        len(differences) or "",
        met=not differences,
    )
    for each in differences[:30]:
        print(f"        {each[:400]}")


def at_once(target):
    """/events waits for half a minute unless told otherwise."""
    if target.partition("?")[0].endswith("/events"):
        return target + ("&" if "?" in target else "?") + "timeout=10"
    return target


class Pair:
    """One request, asked of both."""

    def __init__(self, ports, method, target, token):
        self.ports = ports
        self.method = method
        self.target = target
        self.token = token

    async def difference(self):
        """What does not agree, or None. What two replies of nginx do not have in common is not compared."""
        before = await self.ask("nginx")
        gateway = await self.ask("gateway")
        if leaves(gateway) == leaves(before):
            return None
        after = await self.ask("nginx")
        if masked(gateway, before, after) == masked(after, before, after):
            return None
        one, other = leaves(after), leaves(gateway)
        return ", ".join(f"{name}: {one.get(name)!r} and {other.get(name)!r}" for name in changed(after, gateway))

    async def ask(self, proxy):
        return await asyncio.to_thread(self.exchange, self.ports[proxy])

    def exchange(self, port):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        body = b"{}" if self.method in ("PUT", "POST") else None
        connection.putrequest(self.method, self.target, skip_host=True, skip_accept_encoding=True)
        fields = {
            "Host": "matrix.example.com",
            "Authorization": f"Bearer {self.token}",
            "Origin": "https://app.example",
        }
        if body:
            fields |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
        for name, value in fields.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        reply = connection.getresponse()
        content = reply.read()
        connection.close()
        # a 204 has no length (RFC 9110, 8.6), and the gateway sees to it
        own = OF_THE_HOP | ({"content-length"} if reply.status == 204 else set())
        kept = [(name.lower(), value) for name, value in reply.getheaders() if name.lower() not in own]
        return Reply(reply.status, reply.reason, tuple(sorted(kept)), content)


def masked(reply, first, second):
    """A reply without what differs between two others: numbers of a moment, and names made up for one request."""
    volatile = changed(first, second)
    values = leaves(reply)
    return {name: value for name, value in values.items() if name not in volatile} | dict.fromkeys(
        volatile & set(values)
    )


def changed(first, second):
    first, second = leaves(first), leaves(second)
    return {name for name in first.keys() | second.keys() if first.get(name) != second.get(name)}


def leaves(reply):
    """Every value of a reply under its name."""
    found: dict[str, object] = {"status": (reply.status, reply.reason)}
    for name, value in reply.fields:
        found[f"field {name}"] = value
    try:
        walk(json.loads(reply.body), "body", found)
    except ValueError:
        found["body"] = re.sub(rb'(session=|value=")[^"&]*', rb"\1", reply.body)
    return found


def walk(value, name, found):
    if isinstance(value, dict):
        for key in value.keys() - POSITIONS:
            walk(value[key], f"{name}.{key}", found)
    elif isinstance(value, list):
        for number, each in enumerate(value):
            walk(each, f"{name}[{number}]", found)
    else:
        found[name] = value
