"""The client's side of a handshake in bytes: hellos of any kind, and what a server says to them."""

import socket
import struct

HANDSHAKE, ALERT, CHANGE_CIPHER, DATA = 22, 21, 20, 23
TLS12, TLS13 = 0x0303, 0x0304
# AES-GCM of TLS 1.3, and AES-GCM with ECDHE for both kinds of certificate
CIPHERS = (0x1301, 0x1302, 0x1303, 0xC02B, 0xC02F, 0xC02C, 0xC030)
X25519, P256, P521 = 0x001D, 0x0017, 0x0019
# ECDSA and RSA-PSS, each with SHA-256
SIGNATURES = (0x0403, 0x0804)
# a public key of X25519: any 32 bytes that are not all zero
SHARE = bytes(range(1, 33))

# RFC 8446 section 6, RFC 5246 section 7.2
ALERTS = {
    0: "close_notify",
    10: "unexpected_message",
    20: "bad_record_mac",
    22: "record_overflow",
    40: "handshake_failure",
    42: "bad_certificate",
    47: "illegal_parameter",
    50: "decode_error",
    51: "decrypt_error",
    70: "protocol_version",
    80: "internal_error",
    86: "inappropriate_fallback",
    90: "user_canceled",
    100: "no_renegotiation",
    109: "missing_extension",
    110: "unsupported_extension",
    112: "unrecognized_name",
    120: "no_application_protocol",
}


def numbers(values):
    return b"".join(struct.pack(">H", value) for value in values)


def sized(content, size=2):
    """With its length before it, in so many bytes."""
    return len(content).to_bytes(size, "big") + content


def extension(number, content):
    return struct.pack(">H", number) + sized(content)


def names(*hosts):
    """Server Name Indication."""
    return extension(0, sized(b"".join(b"\0" + sized(host) for host in hosts)))


def protocols(*offered):
    return extension(16, sized(b"".join(sized(name, 1) for name in offered)))


def hello(
    versions=(TLS13, TLS12),
    version=TLS12,
    ciphers=CIPHERS,
    groups=(X25519, P256),
    signatures=SIGNATURES,
    share=(X25519, SHARE),
    more=b"",
    compressions=b"\0",
    behind=b"",
):
    """A ClientHello as a message. An argument that is empty leaves its extension out."""
    extensions = b""
    if groups:
        extensions += extension(10, sized(numbers(groups))) + extension(11, b"\x01\x00")
    if signatures:
        extensions += extension(13, sized(numbers(signatures)))
    if versions:
        extensions += extension(43, sized(numbers(versions), 1))
    if share and TLS13 in versions:
        group, key = share
        extensions += extension(51, sized(struct.pack(">H", group) + sized(key)))
    extensions += more
    content = struct.pack(">H", version) + bytes(range(32)) + sized(bytes(32), 1)
    content += sized(numbers(ciphers)) + sized(compressions, 1)
    content += sized(extensions) if extensions else b""
    return message(1, content + behind)


def hello12(**options):
    """One of a client that knows TLS 1.2 only. Its server's certificate can be read by everybody."""
    return hello(versions=(), **options)


def message(kind, content):
    return bytes([kind]) + sized(content, 3)


def record(content, kind=HANDSHAKE, version=0x0301):
    return bytes([kind]) + struct.pack(">H", version) + sized(content)


def records(content, size):
    """A message in records of so many bytes each."""
    return b"".join(record(content[at : at + size]) for at in range(0, len(content), size))


# ---------------------------------------------------------------------------- what a server says


class Answer:
    """What has come from the server until it closed, or said all that it had to say."""

    def __init__(self, received, end):
        self.received = received
        self.end = end  # "closed", "reset" or "open"

    @classmethod
    def read(cls, sock, seconds):
        """Reads until the server closes or has been silent for that long."""
        received, end = b"", "closed"
        sock.settimeout(seconds)
        try:
            while part := sock.recv(65536):
                received += part
        except TimeoutError:
            end = "open"
        except ConnectionError:
            end = "reset"
        return cls(received, end)

    def records(self):
        rest = self.received
        while len(rest) >= 5:
            size = int.from_bytes(rest[3:5], "big")
            yield rest[0], rest[5 : 5 + size]
            rest = rest[5 + size :]

    def messages(self):
        content = b"".join(content for kind, content in self.records() if kind == HANDSHAKE)
        while len(content) >= 4:
            size = int.from_bytes(content[1:4], "big")
            yield content[0], content[4 : 4 + size]
            content = content[4 + size :]

    def certificate(self):
        """The first certificate, as DER; None if none is to be seen."""
        for kind, content in self.messages():
            if kind == 11:
                size = int.from_bytes(content[3:6], "big")
                return content[6 : 6 + size]
        return None

    def words(self):
        """In words, for example "protocol_version" or "hello, closed"."""
        if self.received.startswith(b"HTTP/1.1 "):
            said = [self.received[9:12].decode()]
        else:
            said = [*self.hellos(), *self.alerts()]
        return ", ".join([*said, *([self.end] if self.end != "closed" or not said else [])])

    def hellos(self):
        for kind, content in self.messages():
            if kind == 2:
                yield "retry" if content[2:34].startswith(b"\xcf\x21\xad\x74") else "hello"

    def alerts(self):
        for kind, content in self.records():
            if kind == ALERT and len(content) == 2:
                yield ALERTS.get(content[1], f"alert {content[1]}")
            elif kind == DATA and len(content) == 2 + 1 + 16:
                yield "an alert, encrypted"  # of TLS 1.3, with its kind and its tag


def connect(port):
    sock = socket.create_connection(("127.0.0.1", port), timeout=10)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock
