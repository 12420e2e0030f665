"""The packaged gateway on the shipped routes, with the example's in place of those that the example has. It serves https by
itself, as the example has it, and plain HTTP to the front."""

import re

import harness
from homeserver import EXAMPLE


def edge():
    """The example's settings for TLS."""
    lines = (EXAMPLE / "edge.properties").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


class Gateway:
    def __init__(self, directory, logs, management_port, workers, authority):
        self.directory = directory
        self.authority = authority
        self.port, clients, servers, redirect = harness.free_ports(4)
        self.url, self.server_url = f"https://localhost:{clients}", f"https://localhost:{servers}"
        self.redirecting_url = f"http://localhost:{redirect}"
        self.routes = directory / "routes"
        ports = {443: clients, 8448: servers, 80: redirect}
        listen = re.sub(r"\[::\]:(\d+)", lambda found: f"127.0.0.1:{ports[int(found[1])]}", edge()["gateway.listen"])
        well_known = edge()["gateway.well-known.client"].replace("https://matrix.example.com", self.url)
        self.settings = edge() | {
            "gateway.listen": f"http://127.0.0.1:{self.port} {listen}",
            "gateway.tls.certificates": directory / "tls",
            "gateway.acme-webroot": directory / "webroot",
            "gateway.well-known.client": well_known,
            "gateway.request-id-field": "X-Request-Id",
            "management.port": management_port,
            "gateway.workers.directory": workers,
            "gateway.reload": "on",
            "gateway.access-log": "json",
            "gateway.access-log.file": logs / "access.jsonl",
        }
        command = harness.command({}, java=[f"@{harness.ROOT}/config/jvm.options"])
        self.process = harness.Process(command, logs / "gateway.log", cwd=directory)

    def write_configuration(self):
        harness.lay(self.directory, EXAMPLE)
        self.authority.issue(self.directory / "tls" / "localhost", "localhost", "127.0.0.1")
        (self.directory / "webroot").mkdir()
        properties = self.directory / "config" / "application.properties"
        lines = [line for line in properties.read_text().splitlines() if line.split("=")[0] not in self.settings]
        lines += [f"{key}={value}" for key, value in self.settings.items()]
        properties.write_text("\n".join(lines) + "\n")

    async def start(self):
        self.write_configuration()
        self.process.start()
        await self.process.until(lambda: harness.accepts(self.port))

    async def stop(self):
        return await self.process.stop()
