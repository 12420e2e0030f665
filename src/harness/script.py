"""The frame of an evidence script: its options, its report and its end."""

import argparse
import asyncio
import resource
import sys
from collections.abc import Awaitable, Callable, Sequence

from harness.report import Failed, Report


def arguments(description: str | None, proxies: Sequence[str] = ("gateway", "nginx")) -> argparse.ArgumentParser:
    """The options that every script has; a script may add its own before parse_args()."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "--proxy",
        choices=proxies,
        default="gateway",
        help="what is measured; nginx shows that the script itself works",
    )
    parser.add_argument("--quick", action="store_true", help="a lean form, for CI")
    return parser


def run(
    script: Callable[[argparse.Namespace, Report], Awaitable[None]], args: argparse.Namespace, seconds: float
) -> None:
    """Runs an evidence script, `async script(args, report)`, and exits 1 if it missed anything."""
    allow_all_descriptors()
    report = Report()

    async def bounded() -> None:
        async with asyncio.timeout(seconds):
            await script(args, report)

    try:
        asyncio.run(bounded())
    except TimeoutError:
        report.require("the script ends in time", f"not within {seconds} s", met=False)
    except Failed as failure:
        report.require("the script runs to its end", failure, met=False)
    sys.exit(1 if report.failed else 0)


def allow_all_descriptors() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
