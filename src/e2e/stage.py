"""Everything that a part plays on: services, Synapse with its workers, and the gateway.

Clients and servers that others wrote come to the gateway by TLS. A front stands before it for parts whose clients must come
from made-up addresses, or whose every request must be known afterwards."""

import asyncio
import json
import pathlib
import shutil
import ssl
import tempfile
from typing import Any

from gateway import Gateway
from harness import ROOT, TestAuthority, accepts, free_ports
from homeserver import Synapse
from nginx import nginx
from services import Services

HOME = ROOT / "target" / "e2e"

# what only a test wants of Synapse: open registration, no rate limits, other servers on the loopback address, and
# no rest between the updates of a new database
RATES = {"per_second": 100000, "burst_count": 100000}
OVERRIDES: dict[str, Any] = {
    "server_name": "example.com",
    "background_updates": {"sleep_enabled": False},
    "enable_registration": True,
    "enable_registration_without_verification": True,
    "registration_shared_secret": "a secret of this test",
    "macaroon_secret_key": "another secret of this test",
    "form_secret": "a third secret of this test",
    "bcrypt_rounds": 4,
    "trusted_key_servers": [],
    "ip_range_blacklist": [],
    "allow_public_rooms_over_federation": True,
    "room_list_publication_rules": [{"action": "allow"}],
    "url_preview_enabled": True,
    "url_preview_ip_range_blacklist": ["0.0.0.0/0", "::/0"],
    "max_event_delay_duration": "24h",
    "experimental_features": {"msc3391_enabled": True, "msc4306_enabled": True},
    "user_directory": {"search_all_users": True},
    "rc_message": RATES,
    "rc_registration": RATES,
    "rc_login": {"address": RATES, "account": RATES, "failed_attempts": RATES},
    "rc_joins": {"local": RATES, "remote": RATES},
    "rc_joins_per_room": RATES,
    "rc_invites": {"per_room": RATES, "per_user": RATES, "per_issuer": RATES},
    "rc_presence": {"per_user": RATES},
    "rc_room_creation": RATES,
    "rc_media_create": RATES,
    "rc_delayed_event_mgmt": RATES,
    "rc_federation": {"window_size": 1000, "sleep_limit": 100000, "sleep_delay": 0, "reject_limit": 100000},
}

APPLICATION_SERVICE = {
    "id": "irc",
    "url": None,
    "as_token": "an-application-service",
    "hs_token": "its-homeserver",
    "sender_localpart": "irc",
    "rate_limited": False,
    "namespaces": {"users": [{"exclusive": True, "regex": "@irc_.*:example\\.com"}]},
}


class Stage:
    """What runs is in a directory of its own with a short name, since a socket's path may have 107 bytes, and which
    PostgreSQL's user can enter. Logs outlive it, in target/e2e/logs."""

    def __init__(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="synapse-gateway-e2e-"))
        self.directory.chmod(0o755)
        self.logs = HOME / "logs"
        self.front_port, management_port = free_ports(2)
        self.authority = TestAuthority(self.directory / "authority")
        self.trust = ssl.create_default_context(cafile=self.authority.certificate)
        self.url = f"http://127.0.0.1:{self.front_port}"
        self.services = Services(self.directory / "services", self.logs)
        self.synapse = Synapse(self.directory / "synapse", self.services, self.logs, self.overrides(), APPLICATION_SERVICE)
        self.gateway = Gateway(
            self.directory / "gateway", self.logs, management_port, self.synapse.run, self.authority
        )
        self.front = None

    def overrides(self):
        """Synapse trusts the authority, and nobody else."""
        return OVERRIDES | {"federation_custom_ca_list": [str(self.authority.certificate)]}

    async def __aenter__(self):
        shutil.rmtree(self.logs, ignore_errors=True)
        self.logs.mkdir(parents=True)
        try:
            await self.services.start()
            await asyncio.gather(self.synapse.start(), self.gateway.start())
            self.front = nginx(
                "front",
                self.directory / "front",
                self.logs,
                port=self.front_port,
                gateway=self.gateway.port,
                logs_directory=self.logs,
            )
            self.front.start()
            await self.front.until(lambda: accepts(self.front_port))
            return self
        except BaseException:
            await self.stop()
            raise

    async def __aexit__(self, *_):
        await self.stop()

    async def stop(self):
        if self.front:
            await self.front.stop()
        await self.gateway.stop()
        await self.synapse.stop()
        await self.services.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def requests_over_tls(self):
        """What the gateway logged of those who came by TLS."""
        lines = (self.logs / "access.jsonl").read_text().splitlines()
        return [request for request in map(json.loads, lines) if request["listener"].startswith("https://")]

    def requests(self):
        """What clients have asked the front, in the order in which it was answered."""
        file = self.logs / "requests.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
