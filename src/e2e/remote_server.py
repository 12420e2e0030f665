"""Another server of the federation: a key, a place where others fetch it, and signed requests and events."""

import asyncio
import json
import ssl
import time

import aiohttp
from aiohttp import web
from canonicaljson import encode_canonical_json
from signedjson.key import encode_verify_key_base64, generate_signing_key, get_verify_key
from signedjson.sign import sign_json
from synapse.api.room_versions import KNOWN_ROOM_VERSIONS
from synapse.crypto.event_signing import add_hashes_and_signatures
from synapse.events import make_event_from_dict
from yarl import URL

from api import connector


class RemoteServer:
    """Answers Synapse over TLS, and asks it at the gateway's port for servers."""

    def __init__(self, stage, port, destination="example.com"):
        self.url = stage.gateway.server_url
        self.authority, self.trust = stage.authority, stage.trust
        self.directory = stage.directory / "remote"
        self.port = port
        self.name = f"localhost:{port}"
        self.destination = destination
        self.key = generate_signing_key("e2e")
        self.received = []
        self.session: aiohttp.ClientSession
        self.runner: web.AppRunner

    async def __aenter__(self):
        self.session = aiohttp.ClientSession(connector=connector(self.trust))
        application = web.Application(client_max_size=64 * 1024**2)
        application.router.add_get("/_matrix/key/v2/server", self.give_keys)
        application.router.add_put("/_matrix/federation/v1/send/{transaction}", self.take_transaction)
        application.router.add_route("*", "/{rest:.*}", self.know_nothing)
        self.runner = web.AppRunner(application)
        await self.runner.setup()
        await web.TCPSite(
            self.runner, "127.0.0.1", self.port, ssl_context=await asyncio.to_thread(self.certificate)
        ).start()
        return self

    async def __aexit__(self, *_):
        await self.session.close()
        await self.runner.cleanup()

    def certificate(self):
        self.authority.issue(self.directory, "localhost")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.directory / "fullchain.pem", self.directory / "privkey.pem")
        return context

    # ---- what it answers

    async def give_keys(self, _):
        keys = {
            "server_name": self.name,
            "verify_keys": {"ed25519:e2e": {"key": encode_verify_key_base64(get_verify_key(self.key))}},
            "old_verify_keys": {},
            "valid_until_ts": int((time.time() + 86400) * 1000),
        }
        return web.json_response(sign_json(keys, self.name, self.key))

    async def take_transaction(self, request):
        self.received.append(await request.json())
        return web.json_response({"pdus": {}})

    async def know_nothing(self, _):
        return web.json_response({"errcode": "M_NOT_FOUND", "error": "not here"}, status=404)

    # ---- what it asks

    async def ask(self, method, target, content=None, signed_target=None):
        """The status and the reply to a signed request; the signature may be that of another target."""
        request = {
            "method": method,
            "uri": signed_target or target,
            "origin": self.name,
            "destination": self.destination,
        }
        if content is not None:
            request["content"] = content
        signature = sign_json(request, self.name, self.key)["signatures"][self.name]["ed25519:e2e"]
        fields = {
            "Authorization": f'X-Matrix origin="{self.name}",destination="{self.destination}",'
            f'key="ed25519:e2e",sig="{signature}"',
            "Content-Type": "application/json",
        }
        body = None if content is None else encode_canonical_json(content)
        url = URL(self.url + target, encoded=True)
        async with self.session.request(method, url, data=body, headers=fields) as reply:
            content = await reply.read()
            if "json" in reply.headers.get("Content-Type", ""):
                return reply.status, json.loads(content)
            return reply.status, content

    async def need(self, method, target, content=None, status=200):
        got, reply = await self.ask(method, target, content)
        assert got == status, f"{method} {target}: {got} {reply}"
        return reply

    async def send(self, transaction, pdus=(), edus=()):
        content = {
            "origin": self.name,
            "origin_server_ts": int(time.time() * 1000),
            "pdus": list(pdus),
            "edus": list(edus),
        }
        return await self.need("PUT", f"/_matrix/federation/v1/send/{transaction}", content)

    # ---- events

    def sign(self, event, version):
        """The event with its hash and signature, and its id."""
        known = KNOWN_ROOM_VERSIONS[version]
        event = {
            key: value for key, value in event.items() if key not in ("hashes", "signatures", "event_id", "unsigned")
        }
        event |= {"origin_server_ts": int(time.time() * 1000)}
        add_hashes_and_signatures(known, event, self.name, self.key)
        return event, make_event_from_dict(event, known).event_id


def id_of(event, version):
    return make_event_from_dict(event, KNOWN_ROOM_VERSIONS[version]).event_id
