"""Accounts for bare clients, made the way an admin makes them."""

import hashlib
import hmac

from api import Api
from stage import OVERRIDES


async def register(stage, name, admin=False):
    """The token of a new user, by the admin API, from a private address."""
    async with Api(stage.url, client=Api.PRIVATE) as api:
        nonce = (await api.need("GET", "/_synapse/admin/v1/register"))["nonce"]
        text = "\0".join((nonce, name, "password", "admin" if admin else "notadmin"))
        mac = hmac.new(OVERRIDES["registration_shared_secret"].encode(), text.encode(), hashlib.sha1).hexdigest()
        made = await api.need(
            "POST",
            "/_synapse/admin/v1/register",
            {"nonce": nonce, "username": name, "password": "password", "admin": admin, "mac": mac},
        )
        return made["access_token"]
