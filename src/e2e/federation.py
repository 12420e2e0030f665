"""The federation endpoints, asked by another server whose signatures Synapse checks."""

import asyncio
import urllib.parse

from api import Api
from harness import free_port
from people import register
from remote_server import RemoteServer, id_of

V1, V2 = "/_matrix/federation/v1", "/_matrix/federation/v2"


async def play(stage, report):
    token = await register(stage, "fay")
    async with RemoteServer(stage, free_port()) as remote, Api(stage.gateway.url, token, trust=stage.trust) as fay:
        for version in ("11", "12"):
            await Visit(stage, report, remote, fay, version).play()
        await servers(stage, report, remote)


async def servers(stage, report, remote):
    with report.step("federation: version and keys, which need no signature"):
        async with Api(stage.gateway.server_url, trust=stage.trust) as anybody:
            assert (await anybody.need("GET", f"{V1}/version"))["server"]["name"] == "Synapse"
            keys = await anybody.need("GET", "/_matrix/key/v2/server")
            assert keys["server_name"] == "example.com"
            asked = {"server_keys": {remote.name: {}}}
            assert (await anybody.need("POST", "/_matrix/key/v2/query", asked))["server_keys"]
            await anybody.need("GET", f"/_matrix/key/v2/query/{remote.name}")
    with report.step("federation: a request without a signature, or with a wrong one, is refused"):
        async with Api(stage.gateway.server_url, trust=stage.trust) as anybody:
            await anybody.need("GET", f"{V1}/publicRooms", status=401)
        status, reply = await remote.ask("GET", f"{V1}/publicRooms?limit=1", signed_target=f"{V1}/publicRooms?limit=2")
        assert status == 401, (status, reply)


class Visit:
    """A room of one room version, which a user of the other server joins, writes to and leaves."""

    def __init__(self, stage, report, remote, fay, version):
        self.stage = stage
        self.report = report
        self.remote = remote
        self.fay = fay
        self.version = version
        self.zoe = f"@zoe{version}:{remote.name}"
        self.room = None
        self.joined = None
        self.message = None
        self.since = None
        self.auth = []

    def step(self, name):
        return self.report.step(f"federation, room version {self.version}: {name}")

    async def play(self):
        for part in (self.join, self.write, self.fidelity, self.read, self.others, self.leave, self.invite):
            await part()

    async def join(self):
        with self.step("look up an alias, make a join, sign it, send it"):
            made = await self.fay.need(
                "POST",
                "/_matrix/client/v3/createRoom",
                {
                    "preset": "public_chat",
                    "visibility": "public",
                    "room_version": self.version,
                    "room_alias_name": f"abroad{self.version}",
                },
            )
            alias = urllib.parse.quote(f"#abroad{self.version}:example.com")
            found = await self.remote.need("GET", f"{V1}/query/directory?room_alias={alias}")
            self.room = found["room_id"]
            assert self.room == made["room_id"]
            template = await self.remote.need(
                "GET", f"{V1}/make_join/{quoted(self.room)}/{quoted(self.zoe)}?ver=10&ver=11&ver=12"
            )
            join, self.joined = self.remote.sign(template["event"], template["room_version"])
            state = await self.remote.need(
                "PUT", f"{V2}/send_join/{quoted(self.room)}/{quoted(self.joined)}?omit_members=false", join
            )
            needed = ["m.room.power_levels"] + (["m.room.create"] if self.version == "11" else [])
            self.auth = [id_of(event, self.version) for event in state["state"] if event["type"] in needed] + [
                self.joined
            ]
            members = await self.fay.need("GET", f"/_matrix/client/v3/rooms/{self.room}/joined_members")
            assert self.zoe in members["joined"]

    async def write(self):
        with self.step("a transaction with a message and typing; the same again changes nothing"):
            self.since = (await self.fay.need("GET", "/_matrix/client/v3/sync"))["next_batch"]
            event = {
                "type": "m.room.message",
                "room_id": self.room,
                "sender": self.zoe,
                "depth": 100,
                "content": {"msgtype": "m.text", "body": "from abroad"},
                "prev_events": [self.joined],
                "auth_events": self.auth,
            }
            message, self.message = self.remote.sign(event, self.version)
            typing = {"edu_type": "m.typing", "content": {"room_id": self.room, "user_id": self.zoe, "typing": True}}
            for _ in range(2):
                reply = await self.remote.send(f"txn{self.version}", [message], [typing])
                assert reply["pdus"] == {self.message: {}}, reply
            await self.news(self.has_message)
        with self.step("a message of fay comes to the other server"):
            await self.fay.need(
                "PUT",
                f"/_matrix/client/v3/rooms/{self.room}/send/m.room.message/out",
                {"msgtype": "m.text", "body": f"to abroad {self.version}"},
            )
            async with asyncio.timeout(20):
                while f"to abroad {self.version}" not in str(self.remote.received):
                    await asyncio.sleep(0.05)

    def has_message(self, rooms):
        events = rooms.get("join", {}).get(self.room, {}).get("timeline", {}).get("events", [])
        return [event["event_id"] for event in events].count(self.message) == 1

    async def fidelity(self):
        with self.step(
            "the target goes through byte for byte, however it is spelt; a byte changed on the way is noticed"
        ):
            plain = f"{V1}/state_ids/{self.room}?event_id={self.message}"
            for target in (
                plain,
                plain.replace("!", "%21").replace("$", "%24"),
                plain.replace("state_ids", "%73tate_ids"),
                plain + "&b=%7e%7E%20+*'",
                plain + "&&x",
            ):
                status, reply = await self.remote.ask("GET", target)
                assert status == (404 if "%73" in target else 200), (target, status, reply)
            spelt = plain.replace("!", "%21")
            for other in (spelt, plain + "&", plain.replace("event_id", "event%5Fid")):
                status, reply = await self.remote.ask("GET", other, signed_target=plain)
                assert (status, reply["errcode"]) == (401, "M_UNAUTHORIZED"), (other, status, reply)

    async def read(self):
        with self.step("event, state, backfill, missing events, auth chain, timestamp, hierarchy, public rooms"):
            room, message = quoted(self.room), quoted(self.message)
            need = self.remote.need
            assert (await need("GET", f"{V1}/event/{message}"))["pdus"][0]["content"]["body"] == "from abroad"
            await need("GET", f"{V1}/state/{room}?event_id={message}")
            await need("GET", f"{V1}/state_ids/{room}?event_id={message}")
            assert (await need("GET", f"{V1}/backfill/{room}?v={message}&limit=10"))["pdus"]
            missing = {"earliest_events": [], "latest_events": [self.message], "limit": 5}
            assert (await need("POST", f"{V1}/get_missing_events/{room}", missing))["events"]
            assert (await need("GET", f"{V1}/event_auth/{room}/{message}"))["auth_chain"]
            await need("GET", f"{V1}/timestamp_to_event/{room}?ts=0&dir=f")
            await need("GET", f"{V1}/hierarchy/{room}")
            await need("GET", f"{V1}/publicRooms?limit=5")
            await need("POST", f"{V1}/publicRooms", {"limit": 5})

    async def others(self):
        with self.step("profile, devices and keys of a user; media"):
            await self.remote.need("GET", f"{V1}/query/profile?user_id=%40fay%3Aexample.com")
            await self.remote.need("GET", f"{V1}/user/devices/%40fay%3Aexample.com")
            await self.remote.need("POST", f"{V1}/user/keys/query", {"device_keys": {"@fay:example.com": []}})
            await self.remote.need("POST", f"{V1}/user/keys/claim", {"one_time_keys": {}})
            up = await self.fay.need("POST", "/_matrix/media/v3/upload", b"seen abroad")
            media = up["content_uri"].rpartition("/")[2]
            assert b"seen abroad" in await self.remote.need("GET", f"{V1}/media/download/{media}")

    async def leave(self):
        with self.step("make a leave, sign it, send it; knock and be refused"):
            room, zoe = quoted(self.room), quoted(self.zoe)
            template = await self.remote.need("GET", f"{V1}/make_leave/{room}/{zoe}")
            left, event = self.remote.sign(template["event"], template["room_version"])
            await self.remote.need("PUT", f"{V2}/send_leave/{room}/{quoted(event)}", left)
            await self.remote.need("GET", f"{V1}/make_knock/{room}/{zoe}?ver={self.version}", status=403)
            members = await self.fay.need("GET", f"/_matrix/client/v3/rooms/{self.room}/joined_members")
            assert self.zoe not in members["joined"]

    async def invite(self):
        with self.step("an invitation to a room of the other server"):
            room = f"!room{self.version}:{self.remote.name}" if self.version == "11" else None
            version = self.version
            create, created = self.remote.sign(
                {
                    "type": "m.room.create",
                    "state_key": "",
                    "sender": self.zoe,
                    "depth": 1,
                    "prev_events": [],
                    "auth_events": [],
                    "content": {"room_version": version},
                }
                | ({"room_id": room} if room else {}),
                version,
            )
            room = room or "!" + created[1:]
            event = {
                "type": "m.room.member",
                "state_key": "@fay:example.com",
                "sender": self.zoe,
                "room_id": room,
                "depth": 5,
                "prev_events": [created],
                "auth_events": [created] if version == "11" else [],
                "content": {"membership": "invite"},
            }
            invitation, identity = self.remote.sign(event, version)
            shown = [
                create
                if version == "12"
                else {
                    "type": "m.room.create",
                    "state_key": "",
                    "sender": self.zoe,
                    "content": create["content"],
                }
            ]
            reply = await self.remote.need(
                "PUT",
                f"{V2}/invite/{quoted(room)}/{quoted(identity)}",
                {"room_version": version, "event": invitation, "invite_room_state": shown},
            )
            assert "example.com" in reply["event"]["signatures"]
            await self.news(lambda rooms: room in rooms.get("invite", {}))

    async def news(self, awaited):
        """Syncs on until something is there."""
        async with asyncio.timeout(20):
            while True:
                reply = await self.fay.need("GET", f"/_matrix/client/v3/sync?since={self.since}&timeout=5000")
                self.since = reply["next_batch"]
                if awaited(reply.get("rooms", {})):
                    return


def quoted(text):
    return urllib.parse.quote(text, safe="")
