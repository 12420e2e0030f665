"""An nginx of one process that runs on a configuration file of this directory."""

import pathlib
import shutil

from processes import Failed, Process


def nginx(name, directory, logs, values):
    """The process; each @KEY@ of the configuration file becomes its value."""
    text = (pathlib.Path(__file__).parent / f"{name}.conf").read_text()
    for key, value in {"DIRECTORY": directory, **values}.items():
        text = text.replace(f"@{key}@", str(value))
    directory.mkdir(parents=True, exist_ok=True)
    file = directory / f"{name}.conf"
    file.write_text(text)
    program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin")
    if not program:
        raise Failed("nginx is missing: install it with  apt-get install nginx-light")
    return Process([program, "-e", "stderr", "-p", directory, "-c", file], logs / f"{name}.log")
