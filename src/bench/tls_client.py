"""Clients over TLS 1.3 that block."""

import contextlib
import socket
import ssl

import harness
from harness import tls

NAME = "matrix.example"
CONTEXT = tls.client()
ASK = b"GET /_matrix/client/versions HTTP/1.1\r\nHost: matrix.example\r\n\r\n"


def connected(port, session=None):
    """A connection whose handshake is over."""
    plain = socket.create_connection(("127.0.0.1", port), timeout=60)
    try:
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return CONTEXT.wrap_socket(plain, server_hostname=NAME, session=session)
    except BaseException:
        plain.close()
        raise


def ask(port, session=None):
    """Connects and asks; the session, which comes with the reply, and whether that given was resumed."""
    with connected(port, session) as client:
        client.sendall(ASK)
        if (answered := status(client)) != 200:
            raise harness.Failed(f"a request over TLS was answered with {answered}")
        return client.session, client.session_reused


def status(client):
    """The status of the next reply, which comes at once; 0 if there is none."""
    with contextlib.suppress(OSError):
        words = client.recv(harness.KIB).split(b" ", 2)
        return int(words[1]) if len(words) == 3 else 0
    return 0


def certificate(port):
    """What a new connection is given, as DER."""
    with connected(port) as client:
        return client.getpeercert(binary_form=True)


def hello():
    """The first message of a handshake."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    with contextlib.suppress(ssl.SSLWantReadError):
        CONTEXT.wrap_bio(incoming, outgoing, server_hostname=NAME).do_handshake()
    return outgoing.read()
