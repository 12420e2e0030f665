"""TLS of a gateway under test, and clients that take its certificate whoever has signed it."""

import pathlib
import ssl


def client(protocol: str = "http/1.1") -> ssl.SSLContext:
    """What a client of a protocol, as ALPN calls it, speaks TLS by."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols([protocol])
    return context


def settings(port: int, tls_port: int, certificates: pathlib.Path) -> dict[str, str]:
    """The gateway's settings for a listener without TLS and one with it."""
    return {
        "gateway.listen": f"http://127.0.0.1:{port} https://127.0.0.1:{tls_port}",
        "gateway.tls.certificates": str(certificates),
    }
