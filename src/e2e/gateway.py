"""The packaged gateway on the shipped routes, with the example's in place of those that the example has."""

import os
import shutil

from homeserver import EXAMPLE, ROOT
from processes import Failed, Process, accepts

JAR = ROOT / "target" / "synapse-gateway.jar"


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
        self.process = Process(
            [java(), f"@{ROOT}/config/jvm.options", "-jar", str(JAR)], logs / "gateway.log", cwd=directory
        )

    def write_configuration(self):
        shutil.copytree(ROOT / "config", self.directory / "config")
        shutil.copytree(ROOT / "routes", self.routes)
        shutil.copytree(EXAMPLE / "routes", self.routes, dirs_exist_ok=True)
        properties = self.directory / "config" / "application.properties"
        lines = [line for line in properties.read_text().splitlines() if line.split("=")[0] not in self.settings]
        lines += [f"{key}={value}" for key, value in self.settings.items()]
        properties.write_text("\n".join(lines) + "\n")

    async def start(self):
        if not JAR.exists():
            raise Failed(f"{JAR} is missing: build it with  mvn -B -DskipTests package")
        self.write_configuration()
        self.process.start()
        await self.process.until(lambda: accepts(self.port))

    async def stop(self):
        return await self.process.stop() if self.process.process else None


def java(tool="java"):
    home = os.environ.get("JAVA_HOME")
    return f"{home}/bin/{tool}" if home else tool
