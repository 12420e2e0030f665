"""Frames of HTTP/2 as they are on the wire (RFC 9113, 7541): any frame is written, also one that breaks the rules.

Python's standard library alone. Field blocks use the static table and literals without Huffman codes.
"""

import asyncio
import contextlib
import socket
import ssl
import struct

DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM = ACK = 1
END_HEADERS = 4
PADDED = 8

HEADER_TABLE_SIZE, _, _, INITIAL_WINDOW_SIZE, _, MAX_HEADER_LIST_SIZE = range(1, 7)
MAX_PAYLOAD = 16384
MAX_WINDOW = 2**31 - 1

NO_ERROR, PROTOCOL_ERROR = 0, 1
ERRORS = (
    "NO_ERROR PROTOCOL_ERROR INTERNAL_ERROR FLOW_CONTROL_ERROR SETTINGS_TIMEOUT STREAM_CLOSED FRAME_SIZE_ERROR "
    "REFUSED_STREAM CANCEL COMPRESSION_ERROR CONNECT_ERROR ENHANCE_YOUR_CALM INADEQUATE_SECURITY HTTP_1_1_REQUIRED"
).split()
CANCEL = ERRORS.index("CANCEL")

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
STATUS_200 = 0x88
NO_TABLE = b"\x20"  # RFC 7541 section 6.3: the table has no entries; a connection's first block begins with it


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">IBI", len(payload) << 8 | kind, flags, stream) + payload


def number(kind, stream, value):
    return frame(kind, 0, stream, struct.pack(">I", value))


def settings(*pairs):
    """A SETTINGS frame with identifiers and values in turn."""
    values = zip(pairs[::2], pairs[1::2], strict=True)
    return frame(SETTINGS, 0, 0, b"".join(struct.pack(">HI", *pair) for pair in values))


def integer(value, bits, first=0):
    """RFC 7541 section 5.1."""
    most = (1 << bits) - 1
    if value < most:
        return bytes([first | value])
    rest, out = value - most, [first | most]
    while rest >= 128:
        out.append(rest & 127 | 128)
        rest >>= 7
    return bytes([*out, rest])


def text(value):
    return integer(len(value), 7) + value


def field(name, value, index=False):
    """A literal; with `index` it enters the table."""
    return (b"\x40" if index else b"\x00") + text(name.encode()) + text(value.encode())


AUTHORITY = field(":authority", "matrix.example")


def block(method, path, *more):
    head = field(":method", method) + b"\x87" + field(":path", path) + AUTHORITY
    return head + b"".join(field(name, value) for name, value in more)


def request(stream, path, *more, method="GET", end=True):
    return frame(HEADERS, END_HEADERS | (END_STREAM if end else 0), stream, block(method, path, *more))


def context():
    """TLS of a client that speaks HTTP/2 and believes anybody."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
    made.set_alpn_protocols(["h2"])
    return made


@contextlib.asynccontextmanager
async def connected(port, tls, address="127.0.0.1", receive_buffer=None):
    """A reader and a writer, from an address of this machine; the kernel chooses the size of a buffer of None."""
    plain = socket.socket()
    plain.setblocking(False)
    plain.bind((address, 0))
    if receive_buffer:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    await asyncio.get_running_loop().sock_connect(plain, ("127.0.0.1", port))
    reader, writer = await asyncio.open_connection(sock=plain, ssl=tls, server_hostname="matrix.example")
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def read(reader):
    """The next frame: kind, flags, stream, payload."""
    size, flags, stream = struct.unpack(">IBI", await reader.readexactly(9))
    return size & 255, flags, stream, await reader.readexactly(size >> 8)


def is_good(head):
    """Whether a block of fields is that of a reply with status 200."""
    return head.removeprefix(NO_TABLE)[0] == STATUS_200


def ends_stream(kind, flags):
    return kind == RST_STREAM or (kind in (DATA, HEADERS) and flags & END_STREAM != 0)
