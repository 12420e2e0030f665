"""Programs that this machine has, and their configuration files."""

import os
import pathlib
import shutil
from collections.abc import Iterable, Mapping

from harness.report import Failed


def which(program: str) -> str | None:
    """The path of a program. Debian keeps servers in directories outside of users' PATH."""
    return shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin")


def java(tool: str = "java") -> str:
    """A tool of the JDK that JAVA_HOME names, or of the path's."""
    home = os.environ.get("JAVA_HOME")
    return f"{home}/bin/{tool}" if home else tool


def nginx(directory: pathlib.Path, configuration: pathlib.Path) -> list[str]:
    """The command of nginx."""
    program = which("nginx")
    if not program:
        raise Failed("nginx is missing: install it with  apt-get install nginx-light")
    return [program, "-e", "stderr", "-p", str(directory), "-c", str(configuration)]


def nginx_upstreams(groups: Mapping[str, Iterable[pathlib.Path]], *, keepalive: str) -> str:
    """An upstream for each group (name -> the workers' sockets); those of several workers hash the user."""
    return "\n".join(upstream(name, list(sockets), keepalive) for name, sockets in groups.items())


def upstream(name: str, sockets: list[pathlib.Path], keepalive: str) -> str:
    lines = ["hash $mxid_localpart consistent;"] if len(sockets) > 1 else []
    lines += [f"server unix:{socket} max_fails=0;" for socket in sockets]
    return f"upstream {name} {{\n  " + "\n  ".join([*lines, keepalive]) + "\n}"


def filled(template: pathlib.Path, path: pathlib.Path, **values: object) -> pathlib.Path:
    """Writes a template with each @NAME@ replaced by its value; returns where."""
    text = template.read_text()
    values["user"] = "user root;" if os.geteuid() == 0 else ""
    for name, value in values.items():
        text = text.replace(f"@{name.upper()}@", str(value))
    path.write_text(text)
    return path
