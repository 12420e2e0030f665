"""An nginx of one process that runs on a configuration file of this directory."""

import pathlib

from harness import Process, programs


def nginx(name, directory, logs, **values):
    """The process; each @KEY@ of the configuration file becomes its value."""
    directory.mkdir(parents=True, exist_ok=True)
    template = pathlib.Path(__file__).parent / f"{name}.conf"
    configuration = programs.filled(template, directory / f"{name}.conf", directory=directory, **values)
    return Process(programs.nginx(directory, configuration), logs / f"{name}.log")
