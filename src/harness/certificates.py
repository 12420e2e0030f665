"""Certificates of a test, by the openssl of this machine, in the layout of certbot: fullchain.pem and privkey.pem."""

import ipaddress
import pathlib
import subprocess

KEYS = {"ECDSA": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"], "RSA": ["rsa:2048"]}
DAYS = 90


def self_signed(where: pathlib.Path, *names: str, key: str = "ECDSA") -> None:
    """Makes a directory with a certificate that is its own authority, for names and addresses."""
    where.mkdir(parents=True)
    request = ["req", "-x509", *made(where, key), "-subj", f"/CN={names[0]}", "-days", DAYS]
    openssl(*request, "-addext", alternatives(names), "-out", where / "fullchain.pem")


class TestAuthority:
    """A certificate authority that nobody trusts but those who get its `certificate`."""

    def __init__(self, directory: pathlib.Path) -> None:
        self.directory = directory
        self.certificate = directory / "fullchain.pem"
        directory.mkdir(parents=True)
        request = ["req", "-x509", *made(directory, "ECDSA"), "-subj", "/CN=An authority of a test", "-days", DAYS]
        openssl(*request, "-addext", "keyUsage=critical,keyCertSign,cRLSign", "-out", self.certificate)

    def issue(self, where: pathlib.Path, *names: str, key: str = "ECDSA") -> None:
        """Makes a directory with a certificate for names and addresses."""
        where.mkdir(parents=True)
        request, extensions = where / "request.csr", where / "extensions"
        openssl("req", *made(where, key), "-subj", f"/CN={names[0]}", "-out", request)
        lines = [alternatives(names), "basicConstraints=CA:FALSE", "extendedKeyUsage=serverAuth"]
        lines += ["keyUsage=critical,digitalSignature", "authorityKeyIdentifier=keyid", "subjectKeyIdentifier=hash"]
        extensions.write_text("\n".join(lines))
        signing = ["x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.directory / "privkey.pem"]
        options = ["-extfile", extensions, "-days", DAYS]
        openssl(*signing, "-CAcreateserial", *options, "-out", where / "fullchain.pem")
        request.unlink()
        extensions.unlink()


def made(where: pathlib.Path, key: str) -> list[object]:
    return ["-nodes", "-newkey", *KEYS[key], "-keyout", where / "privkey.pem"]


def alternatives(names: tuple[str, ...]) -> str:
    return "subjectAltName=" + ",".join(f"{'IP' if is_address(name) else 'DNS'}:{name}" for name in names)


def is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def openssl(*arguments: object) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)
