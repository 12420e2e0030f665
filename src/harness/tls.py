"""A certificate of a gateway under test, and clients that take it whoever has signed it."""

import pathlib
import ssl
import subprocess


def certificate(directory: pathlib.Path) -> pathlib.Path:
    """Makes a directory with a certificate and its key, as gateway.tls.certificates takes it."""
    directory.mkdir()
    command = ["openssl", "req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "30"]
    command += ["-keyout", str(directory / "privkey.pem"), "-out", str(directory / "fullchain.pem")]
    subprocess.run(command, check=True, capture_output=True)
    (directory / "privkey.pem").chmod(0o600)
    return directory


def client() -> ssl.SSLContext:
    """What a client of HTTP/1.1 speaks TLS by."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["http/1.1"])
    return context


def settings(port: int, tls_port: int, certificates: pathlib.Path) -> dict[str, str]:
    """The gateway's settings for a listener without TLS and one with it."""
    return {
        "gateway.listen": f"http://127.0.0.1:{port} https://127.0.0.1:{tls_port}",
        "gateway.tls.certificates": str(certificates),
    }
