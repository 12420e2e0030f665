"""The packaged gateway on the shipped routes, with the example's in place of those that the example has."""

import harness
from homeserver import EXAMPLE


class Gateway:
    def __init__(self, directory, logs, port, management_port, workers):
        self.directory = directory
        self.port = port
        self.routes = directory / "routes"
        self.settings = {
            "gateway.port": port,
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
