"""Programs that this machine has, and their configuration files."""

import os
import pathlib
import shutil
import subprocess
from collections.abc import Iterable, Mapping

from harness.report import Failed

CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "synapse-gateway"


def which(program: str) -> str | None:
    """The path of a program. Debian keeps servers in directories outside of users' PATH."""
    return shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin")


def java(tool: str = "java") -> str:
    """A tool of the JDK that JAVA_HOME names, or of the path's."""
    home = os.environ.get("JAVA_HOME")
    return f"{home}/bin/{tool}" if home else tool


def go(module: str, program: str) -> pathlib.Path:
    """A program that Go builds from a module (path@version); built once for each version and kept."""
    directory = CACHE / module.replace("/", "+")
    if not (directory / program).exists():
        if which("go") is None:
            raise Failed(f"{program} is built by Go: apt-get install golang-go")
        subprocess.run(["go", "install", module], check=True, env={**os.environ, "GOBIN": str(directory)})
    return directory / program


def nginx(directory: pathlib.Path, configuration: pathlib.Path, program: str | None = None) -> list[str]:
    """The command of nginx: of `program`, or of the one that this machine has."""
    program = program or which("nginx")
    if not program:
        raise Failed("nginx is missing: install it with  apt-get install nginx-light")
    return [program, "-e", "stderr", "-p", str(directory), "-c", str(configuration)]


def nginx_upstreams(groups: Mapping[str, Iterable[pathlib.Path | str]], *, keepalive: str) -> str:
    """An upstream for each group (name -> the workers' sockets, or host:port); those of several hash the user."""
    return "\n".join(upstream(name, list(places), keepalive) for name, places in groups.items())


def upstream(name: str, places: list[pathlib.Path | str], keepalive: str) -> str:
    lines = ["hash $mxid_localpart consistent;"] if len(places) > 1 else []
    servers = (f"unix:{place}" if isinstance(place, pathlib.Path) else place for place in places)
    lines += [f"server {server} max_fails=0;" for server in servers]
    return f"upstream {name} {{\n  " + "\n  ".join([*lines, keepalive]) + "\n}"


def filled(template: pathlib.Path, path: pathlib.Path, **values: object) -> pathlib.Path:
    """Writes a template with each @NAME@ replaced by its value; returns where."""
    text = template.read_text()
    values["user"] = "user root;" if os.geteuid() == 0 else ""
    for name, value in values.items():
        text = text.replace(f"@{name.upper()}@", str(value))
    path.write_text(text)
    return path
