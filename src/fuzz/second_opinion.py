#!/usr/bin/env python3
"""What PyPI's h2 and hpack say of requests of HTTP/2, beside the packaged gateway.

Requests that were changed at random, the same ones each time, are sent to the gateway and given to h2 as a server. The
rules of RFC 9113 section 8, written down once more below, say which of them are malformed: the gateway must refuse
these and no others, and where h2 decides otherwise, a rule must say why. The numbers are those of the conformance suite.
Field blocks that were changed byte by byte must be decoded by the gateway if and only if hpack decodes them.
"""

import asyncio
import collections
import random
import re
import sys

sys.path.insert(1, sys.path[0] + "/..")  # src, which holds the package harness

import h2.config
import h2.connection
import h2.events
import h2.exceptions
import hpack
import hyperframe.frame as frames

import harness
from harness import tls

Fields = list[tuple[bytes, bytes]]

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
STREAMS_AT_ONCE = 40
BASE: Fields = [(b":method", b"GET"), (b":scheme", b"https"), (b":path", b"/x"), (b":authority", b"a.example")]
NAMES = [
    *(b"x", b"host", b"cookie", b"content-length", b"te", b"transfer-encoding", b"connection", b"upgrade", b"keep-alive"),
    *(b"proxy-connection", b"X", b"Host", b"", b"a b", b"a:b", b":method", b":scheme", b":path", b":authority"),
    *(b":status", b":protocol", b":x", b"x\r\ny", b"a\0", b"("),
]
VALUES = [
    *(b"", b"a", b"a.example", b"A.example", b"evil", b"u@a.example", b"a.example:80", b"[::1]:1", b"a:99999", b"0", b"5"),
    *(b"+5", b"5, 5", b"trailers", b"chunked", b"close", b"GET", b"POST", b"CONNECT", b"TRACE", b"G T", b"https", b"http"),
    *(b"ftp", b"/", b"/x?y", b"*", b"x", b"/#", b"//", b"/\xe9", b" a", b"a\t", b"a\r\nb: c", b"a\nb", b"\0", b"\x7f", b"\x01"),
]

# what h2 leaves to who uses it; of 17, that it puts cookies behind all other fields before it looks
LEFT_BY_H2 = {2, 7, 13, 17, 22, 23, 24, 25, 26, 27, 31, 32, 33}
TOKEN = rb"[-!#$%&'*+.^_`|~0-9A-Za-z]+"
HOST = rb"(\[[0-9A-Fa-f:.]+]|[-._~%!$&'()*+,;=0-9A-Za-z]*)(:([0-9]*))?"


# ---- the rules


def field_rules(name: bytes, value: bytes) -> set[int]:
    """Those that a field breaks that is no pseudo-header field."""
    checks = {
        1: re.search(rb"[\x00\r\n]", value),
        2: re.search(rb"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]", value),
        3: value != value.strip(b" \t"),
        4: re.search(rb"[A-Z]", name),
        5: re.search(rb"[\x00-\x20\x7f-\xff]", name),
        6: b":" in name,
        7: name and not re.search(rb"[\x00-\x20:\x7f-\xff]", name) and not re.fullmatch(TOKEN, name),
        8: not name,
        9: name == b"transfer-encoding",
        10: name in (b"connection", b"proxy-connection", b"keep-alive", b"upgrade"),
        11: name == b"te" and value.lower() != b"trailers",
    }
    return {rule for rule, broken in checks.items() if broken}


def is_host(text: bytes) -> bool:
    match = re.fullmatch(HOST, text)
    return bool(text and match and int(match[3] or b"0") <= 65535)


def rules(fields: Fields, body: int) -> set[int]:
    """Those that a request with a body of so many bytes breaks."""
    values = collections.defaultdict(list)
    broken, begun = set(), False
    for name, value in fields:
        values[name].append(value)
        if name.startswith(b":"):
            broken |= {17} if begun else set()
            broken |= {18} if name not in (b":method", b":scheme", b":path", b":authority") else set()
        else:
            begun = True
            broken |= field_rules(name, value)
    first = {name: all_of[0] for name, all_of in values.items()}
    method, scheme, path = first.get(b":method"), first.get(b":scheme"), first.get(b":path")
    authority, host, lengths = first.get(b":authority"), first.get(b"host"), values[b"content-length"]
    valid = all(re.fullmatch(rb"[0-9]{1,18}", length) for length in lengths)
    checks = {
        12: valid and lengths and int(lengths[0]) != body,
        13: len(lengths) > 1 or not valid,
        14: None in (method, scheme, path),
        15: path == b"",
        16: any(len(all_of) > 1 for name, all_of in values.items() if name.startswith(b":")),
        22: method is not None and not re.fullmatch(TOKEN, method),
        23: method in (b"CONNECT", b"TRACE"),
        24: re.search(rb"[\x00-\x20\x7f-\xff]", path or b""),
        25: b"#" in (path or b""),
        26: path and not path.startswith(b"/") and path != b"*",
        27: path == b"*" and method != b"OPTIONS",
        28: authority is None and host is None,
        30: None not in (authority, host) and authority.lower() != host.lower(),  # type: ignore[union-attr]
        31: len(values[b"host"]) > 1,
        32: any(text is not None and not is_host(text) for text in (authority, host)),
        33: scheme is not None and scheme.lower() not in (b"https", b"http"),
    }
    return broken | {rule for rule, is_so in checks.items() if is_so}


# ---- requests


def changed(dice: random.Random) -> Fields:
    fields = list(BASE)
    for _ in range(dice.randrange(4)):
        at = dice.randrange(len(fields) + 1)
        what = dice.randrange(5)
        if what == 0 or at == len(fields):
            fields.insert(at, (dice.choice(NAMES), dice.choice(VALUES)))
        elif what == 1:
            fields[at] = (fields[at][0], dice.choice(VALUES))
        elif what == 2:
            del fields[at]
        elif what == 3:
            fields.insert(dice.randrange(len(fields) + 1), fields[at])
        else:
            both = list(fields[at])
            which = dice.randrange(2)
            where = dice.randrange(len(both[which]) + 1)
            both[which] = both[which][:where] + bytes([dice.randrange(256)]) + both[which][where:]
            fields[at] = (both[0], both[1])
    return fields


def literal(text: bytes) -> bytes:
    return bytes([len(text)]) + text


def block(fields: Fields) -> bytes:
    """A field block without a table (RFC 7541 section 6.2.2)."""
    return b"".join(b"\0" + literal(name) + literal(value) for name, value in fields)


def request(stream: int, field_block: bytes, body: bytes) -> bytes:
    head = frames.HeadersFrame(stream, field_block, flags=["END_HEADERS"])
    data = frames.DataFrame(stream, body, flags=["END_STREAM"])
    return head.serialize() + data.serialize()


def h2_takes(field_block: bytes, body: bytes) -> bool:
    """Whether h2 finds a whole request."""
    server = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding=None))
    server.initiate_connection()
    sent = PREFACE + frames.SettingsFrame(0).serialize() + request(1, field_block, body)
    try:
        events = server.receive_data(sent)
    except h2.exceptions.H2Error:
        return False
    return any(isinstance(event, h2.events.StreamEnded) for event in events)


class Client:
    """One connection to the gateway."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def ask(self, requests: list[bytes]) -> dict[int, str]:
        """What comes of requests, by stream; "ended" is for what a connection error leaves open."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, ssl=tls.client("h2"))
        settings = frames.SettingsFrame(0).serialize()
        writer.write(PREFACE + settings + b"".join(requests))
        outcome = {2 * i + 1: "ended" for i in range(len(requests))}
        waited = set(outcome)
        decoder = hpack.Decoder()
        try:
            while waited:
                frame, size = frames.Frame.parse_frame_header(memoryview(await reader.readexactly(9)))
                frame.parse_body(memoryview(await reader.readexactly(size)))
                stream = frame.stream_id
                if isinstance(frame, frames.HeadersFrame):
                    fields = dict(decoder.decode(frame.data))
                    outcome[stream] = fields.get(":status", outcome[stream])
                    refused = not outcome[stream].startswith("2")
                    waited -= {stream} if refused or "END_STREAM" in frame.flags else set()
                elif isinstance(frame, frames.RstStreamFrame):
                    outcome[stream] = outcome[stream].replace("ended", "reset")
                    waited.discard(stream)
                elif isinstance(frame, frames.DataFrame) and "END_STREAM" in frame.flags:
                    waited.discard(stream)
                elif isinstance(frame, frames.GoAwayFrame):
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        writer.transport.abort()
        return outcome


# ---- a worker that takes what is a request and nothing else


class Worker:
    def __init__(self) -> None:
        self.served = 0
        self.bad: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                await self.take(head, reader)
                self.served += 1
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def take(self, head: bytes, reader: asyncio.StreamReader) -> None:
        lines = head[:-4].split(b"\r\n")
        line = re.fullmatch(rb"%b (/[\x21-\x7e]*|\*) HTTP/1\.1" % TOKEN, lines[0])
        fields = [re.fullmatch(rb"(%b):[ ]?([\t\x20-\x7e\x80-\xff]*)" % TOKEN, each) for each in lines[1:]]
        if not line or not all(fields):
            self.bad.append(head)
        length = re.search(rb"(?i)\r\ncontent-length: ([0-9]+)\r\n", head)
        if length:
            await reader.readexactly(int(length[1]))
        elif re.search(rb"(?i)\r\ntransfer-encoding: chunked\r\n", head):
            while size := int(await reader.readuntil(b"\r\n"), 16):
                await reader.readexactly(size + 2)
            await reader.readuntil(b"\r\n")


# ---- the comparison


async def sections(client: Client, dice: random.Random, tries: int, report: harness.Report) -> int:
    """Compares requests whose blocks are right; returns how many the gateway has taken."""
    table: collections.Counter[tuple[int, str, str]] = collections.Counter()
    wrong, unexplained, taken = [], [], 0
    for begin in range(0, tries, STREAMS_AT_ONCE):
        asked = []
        for _ in range(begin, min(begin + STREAMS_AT_ONCE, tries)):
            asked.append((changed(dice), b"b" * dice.choice([0, 0, 0, 5, 9])))
        sent = [request(2 * i + 1, block(fields), body) for i, (fields, body) in enumerate(asked)]
        outcomes = await client.ask(sent)
        for (fields, body), outcome in zip(asked, outcomes.values(), strict=True):
            broken, takes, h2s = rules(fields, len(body)), outcome.startswith("2"), h2_takes(block(fields), body)
            taken += takes
            if takes == bool(broken):
                wrong.append((fields, len(body), broken, outcome))
            if takes != h2s:
                explained = broken if takes is False else set()
                table.update((rule, "refused", "taken") for rule in explained)
                if not explained:
                    unexplained.append((fields, len(body), outcome))
            if h2s and broken and not broken & LEFT_BY_H2:
                unexplained.append((fields, len(body), f"h2 takes what breaks {broken}"))
    report.figure("requests", tries)
    report.figure("of them requests that the gateway took", taken)
    report.require("the rules and the gateway agree", wrong[:3] or "always", met=not wrong)
    report.require("a rule explains where h2 and the gateway differ", unexplained[:3] or "always", met=not unexplained)
    print("\n| rule | the gateway | h2 | requests |\n|---|---|---|---|")
    for (rule, ours, theirs), count in sorted(table.items()):
        print(f"| {rule} | {ours} | {theirs} | {count} |")
    return taken


def mutated(dice: random.Random) -> bytes:
    """A block in any of the ways that RFC 7541 section 6 has, of which some bytes are changed."""
    encoder = hpack.Encoder()
    changing = bytearray(encoder.encode([*BASE, (b"x", b"y" * dice.randrange(9))], huffman=dice.random() < 0.5))
    for _ in range(dice.randrange(3)):
        at = dice.randrange(len(changing))
        what = dice.randrange(3)
        if what == 0:
            changing[at] ^= 1 << dice.randrange(8)
        elif what == 1:
            changing[at:at] = bytes([dice.randrange(256)])
        else:
            del changing[at]
    return bytes(changing)


def hpack_takes(field_block: bytes) -> bool:
    try:
        hpack.Decoder().decode(field_block, raw=True)
    except (hpack.HPACKError, UnicodeDecodeError):
        return False
    return True


async def blocks(client: Client, dice: random.Random, tries: int, report: harness.Report) -> int:
    """Compares blocks that may be none, each on a connection of its own."""
    differ, taken = [], 0
    for _ in range(tries):
        field_block = mutated(dice)
        outcome = (await client.ask([request(1, field_block, b"")]))[1]
        taken += outcome.startswith("2")
        if (outcome != "ended") != hpack_takes(field_block):
            differ.append((field_block.hex(), outcome))
    report.figure("field blocks", tries)
    report.figure("of them requests that the gateway took", taken)
    report.require("hpack and the gateway decode the same ones", differ[:5] or "always", met=not differ)
    return taken


async def script(args, report: harness.Report) -> None:
    dice = random.Random(args.seed)
    worker = Worker()
    with harness.temporary_directory() as directory:
        harness.self_signed(directory / "certificate", "localhost")
        plain, port = harness.free_ports(2)
        settings = tls.settings(plain, port, directory / "certificate")
        java = harness.options(settings)
        server = await asyncio.start_unix_server(worker.serve, directory / "inbound_main.sock")
        async with server, harness.launched(harness.gateway(directory, plain, java), plain, directory / "gateway.log"):
            worker.served = 0  # it has been asked whether it answers
            client = Client(port)
            taken = await sections(client, dice, args.tries, report)
            taken += await blocks(client, dice, args.tries // 10, report)
    report.require("requests that the worker had whole: those that were taken", worker.served, met=worker.served == taken)
    report.require("and was clean HTTP/1.1", worker.bad[:3] or "always", met=not worker.bad)


if __name__ == "__main__":
    parser = harness.arguments(__doc__, ["gateway"])
    parser.add_argument("--tries", type=int, default=2000, help="how many requests")
    parser.add_argument("--seed", type=int, default=1, help="the same one tries the same requests")
    harness.run(script, parser.parse_args(), seconds=150)
