"""Figures and requirements, a line each, as they come."""

import contextlib
import traceback
from collections.abc import Iterator

from harness.constants import ROOT


class Failed(Exception):
    """The measurement could not be made, and why."""


class Report:
    """Prints figures and remembers how many requirements are met and missed."""

    def __init__(self, width: int = 58) -> None:
        self.width = width
        self.passed = 0
        self.failed = 0

    def figure(self, name: str, value: object) -> None:
        print(f"      {name:<{self.width}} {value}".rstrip(), flush=True)

    def require(self, name: str, value: object = "", *, met: object) -> None:
        print(f"{'ok  ' if met else 'MISS'}  {name:<{self.width}} {value}".rstrip(), flush=True)
        self.passed += bool(met)
        self.failed += not met

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[None]:
        """A requirement that is met if nothing is raised in it; the script continues in either case."""
        try:
            yield
        except Exception as e:
            frames = traceback.extract_tb(e.__traceback__)
            where = [frame for frame in frames if frame.filename.startswith(str(ROOT / "src"))][-1]
            self.require(name, f"{where.name}, line {where.lineno}: {type(e).__name__}: {e}"[:500], met=False)
        else:
            self.require(name, met=True)
