"""Plays the parts one after the other on one stage; see src/e2e/run."""

import argparse
import asyncio
import sys
import time

import federation
import flows_bare
import flows_js
import flows_nio
import routing
from report import Report
from stage import Stage

PARTS = {
    "nio": flows_nio.play,
    "js": flows_js.play,
    "bare": flows_bare.play,
    "federation": federation.play,
    "routing": routing.play,
}


async def play(arguments, report):
    begin = time.monotonic()
    async with Stage() as stage:
        report.figure("everything is up", f"after {time.monotonic() - begin:.0f} s")
        for name in arguments.parts or PARTS:
            print(f"\n-- {name} (at {time.monotonic() - begin:.0f} s)", flush=True)
            await PARTS[name](stage, report)


def main():
    parser = argparse.ArgumentParser(prog="src/e2e/run", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}; all if none is named")
    parser.add_argument("--quick", action="store_true", help="the lean form, for CI")
    arguments = parser.parse_args()
    unknown = set(arguments.parts) - set(PARTS)
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    report = Report()
    asyncio.run(play(arguments, report))
    print(f"\n{report.passed} passed, {report.failed} failed")
    sys.exit(1 if report.failed else 0)


if __name__ == "__main__":
    main()
