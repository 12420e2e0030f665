"""Plays the parts one after the other on one stage; see src/e2e/run."""

import argparse
import asyncio
import signal
import sys
import time

sys.path.insert(1, sys.path[0] + "/..")  # src, which holds the package harness

import compare
import consistency
import edge
import federation
import flows_bare
import flows_js
import flows_nio
import life
import routing
import switch
import watching
from harness import Failed, Report
from stage import Stage

PARTS = {
    "nio": flows_nio.play,
    "js": flows_js.play,
    "edge": edge.play,
    "bare": flows_bare.play,
    "consistency": consistency.play,
    "federation": federation.play,
    "routing": routing.play,
    "watching": watching.play,
    "nginx": compare.play,
    "switch": switch.play,
    "life": life.play,
}
# what CI plays; "routing" judges the requests of those before it
LEAN = ["nio", "js", "edge", "bare", "consistency", "federation", "routing"]


async def play(arguments, report):
    """SIGTERM ends the parts, and then what the stage has started."""
    task = asyncio.current_task()
    assert task
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    begin = time.monotonic()
    async with Stage() as stage:
        report.figure("everything is up", f"after {time.monotonic() - begin:.0f} s")
        for name in arguments.parts or (LEAN if arguments.quick else PARTS):
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
    report = Report(width=64)
    try:
        asyncio.run(play(arguments, report))
    except asyncio.CancelledError:
        report.require("the parts come to their end", met=False)
    except Failed as failure:
        report.require("everything starts", failure, met=False)
    print(f"\n{report.passed} passed, {report.failed} failed")
    sys.exit(1 if report.failed else 0)


if __name__ == "__main__":
    main()
