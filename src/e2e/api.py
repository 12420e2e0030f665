"""A bare client for what no library asks: fields and addresses of its own choice, replies as they come."""

import contextlib

import aiohttp
from yarl import URL


def connector(trust):
    """`trust` is an ssl.SSLContext, or None for plain HTTP."""
    return aiohttp.TCPConnector(ssl=trust) if trust else None


class Api:
    """Somebody at an address with a token. The front takes the address from a field; by https nobody has one of choice."""

    PUBLIC, PRIVATE = "203.0.113.7", "10.1.2.3"

    def __init__(self, url, token=None, client=PUBLIC, trust=None):
        self.url = url
        fields = {} if trust else {"X-Test-Client": client}
        if token:
            fields["Authorization"] = f"Bearer {token}"
        self.session = aiohttp.ClientSession(headers=fields, timeout=aiohttp.ClientTimeout(total=60), connector=connector(trust))

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        await self.session.close()

    async def ask(self, method, target, body=None, fields=None):
        """The status and the body, as JSON if it is that. The target goes out byte for byte."""
        kind = {} if body is None else {"data": body} if isinstance(body, bytes) else {"json": body}
        url = URL(self.url + target, encoded=True)
        async with self.session.request(method, url, headers=fields, allow_redirects=False, **kind) as reply:
            content = await reply.read()
            with contextlib.suppress(ValueError):
                return reply.status, await reply.json(content_type=None)
            return reply.status, content

    async def need(self, method, target, body=None, status=200):
        """The body of a reply that has this status."""
        got, content = await self.ask(method, target, body)
        assert got == status, f"{method} {target}: {got} {content}"
        return content
