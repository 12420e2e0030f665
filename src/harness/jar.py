"""The packaged gateway: its command, its settings and its routes."""

import pathlib
import re
import shutil
from collections.abc import Iterable, Mapping

from harness.constants import JAR, ROOT
from harness.process import free_port
from harness.programs import java as java_program
from harness.report import Failed
from harness.worker import sockets_of


def command(settings: Mapping[str, object], java: Iterable[str] = ()) -> list[str]:
    """The gateway's command with these settings and options of Java."""
    if not JAR.exists():
        raise Failed(f"{JAR} is missing: build it with  mvn -B -DskipTests package")
    return [java_program(), *java, *options(settings), "-jar", str(JAR)]


def options(settings: Mapping[str, object]) -> list[str]:
    """Settings as options of Java."""
    return [f"-D{key}={value}" for key, value in settings.items()]


def gateway(
    directory: pathlib.Path, port: int, java: Iterable[str] = (), management_port: int | None = None
) -> list[str]:
    """The gateway's command for workers with their sockets in a directory."""
    settings = {
        "gateway.port": port,
        "gateway.workers.directory": directory,
        "management.port": management_port or free_port(),
        "management.token-file": directory / "management.token",
    }
    return command(settings, java)


def lay(directory: pathlib.Path, example: pathlib.Path) -> None:
    """Copies config/ and routes/ to a directory, with an example's routes in place of those that it has."""
    shutil.copytree(ROOT / "config", directory / "config")
    shutil.copytree(ROOT / "routes", directory / "routes")
    shutil.copytree(example / "routes", directory / "routes", dirs_exist_ok=True)


def routes(directory: pathlib.Path, groups: Mapping[str, int] | None = None, options: str = "") -> list[str]:
    """Writes the shipped routes to a directory, with these groups' workers turned on.

    The workers get the options, for instance "?hold=10s". Returns what the gateway must be given.
    """
    directory.mkdir()
    for file in (ROOT / "routes").glob("*.camel.yaml"):
        group = file.name.removesuffix(".camel.yaml").replace("-", "_")
        text = file.read_text()
        if groups and group in groups:
            text = re.sub(r" *# - to: worker:.*\n", "", text)
            steps = "".join(
                f"              - to: worker:unix:{{{{gateway.workers.directory}}}}/{name}{options}\n"
                for name in sockets_of(group, groups[group])
            )
            text = text.replace("              - to: direct:main\n", steps + "              - to: direct:main\n")
        (directory / file.name).write_text(text)
    return [
        f"-Dcamel.main.routesIncludePattern=file:{directory}/*.camel.yaml",
        f"-Dcamel.main.routesReloadDirectory={directory}",
    ]
