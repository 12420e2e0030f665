"""Runs flows_js.mjs and takes what it says into the report."""

import asyncio
import os
import pathlib
import sys

from stage import HOME

SCRIPT = pathlib.Path(__file__).parent / "flows_js.mjs"
NODE = pathlib.Path(sys.executable).parent / "node"


async def play(stage, report):
    with open(stage.logs / "js.log", "wb") as log:
        process = await asyncio.create_subprocess_exec(
            NODE,
            SCRIPT,
            stage.gateway.url,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            env=os.environ
            | {"E2E_NODE_HOME": str(HOME / "node"), "NODE_EXTRA_CA_CERTS": str(stage.authority.certificate)},
        )
        assert process.stdout
        steps = 0
        async for line in process.stdout:
            verdict, _, rest = line.decode().rstrip("\n").partition("\t")
            if verdict in ("ok", "MISS"):
                name, _, why = rest.partition("\t")
                report.require(f"js: {name}", why[:500], met=verdict == "ok")
                steps += 1
            else:
                log.write(line)
        status = await process.wait()
    if status or not steps:
        report.require("js: the script runs to its end", f"exit status {status}, see {log.name}", met=False)
