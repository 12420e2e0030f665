"""Bodies that show what was lost or swapped, and access tokens."""

import base64
import functools
import hashlib
import random
import zlib
from collections.abc import Iterator

from harness.constants import KIB

BLOCK = random.Random(1).randbytes(256 * KIB)


def content(size: int) -> Iterator[bytes]:
    """A body in blocks. Each begins with its number, so that a lost or swapped one shows."""
    for start in range(0, size, len(BLOCK)):
        yield (start.to_bytes(8, "big") + BLOCK[8:])[: size - start]


@functools.cache
def digest(size: int) -> str:
    """The SHA-256 of content(size)."""
    sha = hashlib.sha256()
    for block in content(size):
        sha.update(block)
    return sha.hexdigest()


def token(localpart: str, variant: int = 0) -> str:
    """An access token as Synapse makes them: syt_<base64 localpart>_<20 letters>_<checksum>."""
    name = base64.b64encode(localpart.encode()).decode().rstrip("=")
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    body = f"syt_{name}_{''.join(random.Random(f'{localpart}{variant}').choices(letters, k=20))}"
    return f"{body}_{base62(zlib.crc32(body.encode()))}"


def base62(number: int) -> str:
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    text = ""
    while number:
        number, digit = divmod(number, 62)
        text = digits[digit] + text
    return text.rjust(6, "0")
