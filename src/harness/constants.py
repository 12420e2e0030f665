"""Where things are, and units."""

import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
JAR = ROOT / "target" / "synapse-gateway.jar"

KIB, MIB, GIB = 1024, 1024**2, 1024**3
