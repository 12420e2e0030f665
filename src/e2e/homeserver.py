"""Synapse's main process and its workers, on the files of examples/synapse."""

import asyncio
import contextlib
import subprocess
import sys

import yaml

from harness import ROOT, Process

EXAMPLE = ROOT / "examples" / "synapse"
PYTHON = sys.executable


class Synapse:
    """One homeserver. Its files are those of the example, with its own directories in place of the system's, and
    overrides for what only a test wants."""

    def __init__(self, directory, services, logs, overrides, application_service):
        self.directory = directory
        self.run = directory / "run"
        self.configuration = directory / "etc"
        self.places = {
            "/run/matrix-synapse": self.run,
            "/etc/matrix-synapse": self.configuration,
            "/var/lib/matrix-synapse": directory / "data",
            "/run/postgresql": services.sockets,
            "/run/redis": services.sockets,
        }
        self.logs = logs
        self.overrides = overrides | {
            "app_service_config_files": [str(self.configuration / "application_service.yaml")]
        }
        self.application_service = application_service
        self.main = self.process("main")
        self.workers = {path.stem: self.process(path.stem) for path in sorted((EXAMPLE / "workers").glob("*.yaml"))}

    def process(self, name):
        files = [self.configuration / "homeserver.yaml", self.configuration / "overrides.yaml"]
        app = "synapse.app.homeserver"
        if name != "main":
            files.append(self.configuration / "workers" / f"{name}.yaml")
            app = "synapse.app.generic_worker"
        options = [option for file in files for option in ("-c", str(file))]
        return Process([PYTHON, "-m", app, *options], self.logs / f"{name}.log", cwd=self.directory)

    @property
    def processes(self):
        return {"main": self.main, **self.workers}

    def inbound(self, name):
        return self.run / f"inbound_{name}.sock"

    def write_configuration(self):
        for directory in (self.run, self.configuration / "workers", self.directory / "data"):
            directory.mkdir(parents=True)
        for file in (EXAMPLE / "homeserver.yaml", EXAMPLE / "log.yaml", *(EXAMPLE / "workers").glob("*.yaml")):
            self.write(file.relative_to(EXAMPLE), file.read_text())
        (self.configuration / "overrides.yaml").write_text(yaml.safe_dump(self.overrides))
        (self.configuration / "application_service.yaml").write_text(yaml.safe_dump(self.application_service))
        subprocess.run(
            [
                PYTHON,
                "-m",
                "synapse._scripts.generate_signing_key",
                "-o",
                self.configuration / "example.com.signing.key",
            ],
            check=True,
        )

    def write(self, name, text):
        for place, mine in self.places.items():
            text = text.replace(place, str(mine))
        (self.configuration / name).write_text(text)

    async def start(self):
        """Main first: it is the one that makes the tables."""
        self.write_configuration()
        await self.start_process("main")
        await asyncio.gather(*map(self.start_process, self.workers))

    async def start_process(self, name):
        process = self.processes[name]
        process.start()
        await process.until(lambda: self.is_healthy(name))

    async def is_healthy(self, name):
        with contextlib.suppress(OSError, EOFError):
            reader, writer = await asyncio.open_unix_connection(self.inbound(name))
            writer.write(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            status = await reader.readline()
            writer.close()
            return b" 200 " in status
        return False

    async def stop(self):
        for process in self.processes.values():
            process.ask_to_stop()
        for process in self.processes.values():
            await process.stop()
