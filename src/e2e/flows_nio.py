"""What people do with matrix-nio: alice and bob in rooms, open and encrypted."""

import asyncio
import io
import os
import random
import tempfile
import time

import nio
from nio import MessageDirection, PushRuleKind, RoomVisibility
from nio.events.account_data import PushNotify

PASSWORD = "correct horse battery staple"
KIB, MIB = 1024, 1024**2


class Refused(Exception):
    """nio returns errors; this raises them."""


async def good(awaitable):
    response = await awaitable
    if isinstance(response, nio.ErrorResponse):
        raise Refused(f"{type(response).__name__}: {response.status_code} {response.message}")
    return response


def client(stage, user="", store=None, url=None):
    encrypted = store is not None
    configuration = nio.AsyncClientConfig(
        encryption_enabled=encrypted, store_sync_tokens=encrypted, max_timeouts=1, max_limit_exceeded=0
    )
    return nio.AsyncClient(url or stage.gateway.url, user, store_path=store or "", config=configuration, ssl=stage.trust)


async def play(stage, report):
    alice, bob, phone = client(stage), client(stage), client(stage, "@alice:example.com")
    try:
        flows = Flows(report, alice, bob, phone)
        for flow in (
            flows.accounts,
            flows.rooms,
            flows.messages,
            flows.syncs,
            flows.ephemera,
            flows.settings,
            flows.directory,
            flows.media,
            flows.memberships,
            flows.devices,
        ):
            await flow()
        with tempfile.TemporaryDirectory() as store:
            await encrypted(stage, report, store)
        with report.step("nio: log out, all devices"):
            await good(phone.logout())
            await good(alice.logout(all_devices=True))
            assert isinstance(await alice.whoami(), nio.WhoamiError)
    finally:
        for each in (alice, bob, phone):
            await each.close()


class Flows:
    def __init__(self, report, alice, bob, phone):
        self.report = report
        self.alice = alice
        self.bob = bob
        self.phone = phone
        self.room = None
        self.event = None

    def step(self, name):
        return self.report.step(f"nio: {name}")

    async def accounts(self):
        with self.step("register"):
            await good(self.alice.register("alice", PASSWORD, "laptop"))
            await good(self.bob.register("bob", PASSWORD))
        with self.step("log in on a second device"):
            info = await good(self.phone.login_info())
            assert "m.login.password" in info.flows
            await good(self.phone.login(PASSWORD, "phone"))
            assert self.phone.device_id != self.alice.device_id
        with self.step("who am I"):
            assert (await good(self.alice.whoami())).user_id == "@alice:example.com"

    async def rooms(self):
        with self.step("create a room, public, with an alias; invite, join"):
            created = await good(
                self.alice.room_create(
                    RoomVisibility.public, alias="square", name="Square", topic="All", invite=["@bob:example.com"]
                )
            )
            self.room = created.room_id
            await good(self.bob.join("#square:example.com"))
            assert (await good(self.bob.joined_rooms())).rooms == [self.room]
            members = (await good(self.alice.joined_members(self.room))).members
            assert {member.user_id for member in members} == {"@alice:example.com", "@bob:example.com"}

    async def send(self, who, text, room=None):
        content = {"msgtype": "m.text", "body": text}
        return (await good(who.room_send(room or self.room, "m.room.message", content))).event_id

    async def messages(self):
        with self.step("send, react, redact"):
            self.event = await self.send(self.alice, "hello square")
            about = {"rel_type": "m.annotation", "event_id": self.event, "key": "+"}
            reaction = await good(self.bob.room_send(self.room, "m.reaction", {"m.relates_to": about}))
            await good(self.bob.room_redact(self.room, reaction.event_id, "no more"))
            gone = (await good(self.alice.room_get_event(self.room, reaction.event_id))).event
            assert isinstance(gone, nio.RedactedEvent), gone
        with self.step("a transaction id that looks like another endpoint's path"):
            await good(
                self.alice.room_send(self.room, "m.room.message", {"msgtype": "m.text", "body": "x"}, tx_id="typing-1")
            )
        with self.step("paginate backwards to the beginning, without a gap"):
            sent = [await self.send(self.alice, f"number {n}") for n in range(25)]
            await self.until(self.bob, lambda reply: sent[-1] in self.timeline(reply))
            seen, start = [], self.bob.next_batch
            while True:
                page = await good(self.bob.room_messages(self.room, start, direction=MessageDirection.back, limit=10))
                seen += [event.event_id for event in page.chunk]
                start = page.end
                if not start:
                    break
            assert seen[:25] == sent[::-1] and len(seen) == len(set(seen))
        with self.step("context, relations, threads"):
            await good(self.bob.room_context(self.room, self.event))
            about = {"rel_type": "m.thread", "event_id": self.event}
            await good(
                self.bob.room_send(
                    self.room, "m.room.message", {"msgtype": "m.text", "body": "in a thread", "m.relates_to": about}
                )
            )
            related = [event async for event in self.bob.room_get_event_relations(self.room, self.event)]
            assert len(related) == 1, related
            threads = [event async for event in self.bob.room_get_threads(self.room)]
            assert [event.event_id for event in threads] == [self.event]
        with self.step("state: read, write"):
            await good(self.alice.room_put_state(self.room, "org.example.state", {"a": 1}, "messages"))
            state = await good(self.bob.room_get_state_event(self.room, "org.example.state", "messages"))
            assert state.content == {"a": 1}
            await good(self.bob.room_get_state(self.room))

    async def syncs(self):
        with self.step("sync without since, and on from there"):
            first = await good(self.alice.sync(timeout=0, full_state=True))
            assert self.room in first.rooms.join
            await good(self.alice.sync(timeout=0))
            await good(self.phone.sync(timeout=0))
            await good(self.bob.sync(timeout=0))
        with self.step("a long poll returns when another user writes"):
            begin = time.monotonic()
            poll = asyncio.create_task(self.bob.sync(timeout=30000))
            await asyncio.sleep(0.5)
            assert not poll.done(), poll.result()
            event = await self.send(self.alice, "wake up")
            reply = await good(poll)
            assert time.monotonic() - begin < 20
            assert event in [each.event_id for each in reply.rooms.join[self.room].timeline.events]
        with self.step("a long poll ends on time when no one writes"):
            await self.quiet(self.bob)
            reply = await good(self.bob.sync(timeout=1000))
            assert not reply.rooms.join

    async def quiet(self, who):
        """Syncs until nothing new comes."""
        while (reply := await good(who.sync(timeout=300))) and (reply.rooms.join or reply.presence_events):
            pass

    async def until(self, who, is_there):
        """Syncs until what was awaited has come."""
        async with asyncio.timeout(20):
            while not is_there(await good(who.sync(timeout=5000))):
                pass

    def timeline(self, reply):
        room = reply.rooms.join.get(self.room)
        return [event.event_id for event in room.timeline.events] if room else []

    def ephemeral(self, reply, kind):
        room = reply.rooms.join.get(self.room)
        return [event for event in (room.ephemeral if room else []) if isinstance(event, kind)]

    async def ephemera(self):
        with self.step("typing"):
            await good(self.alice.room_typing(self.room, True))
            await self.until(
                self.bob,
                lambda reply: any(
                    "@alice:example.com" in event.users for event in self.ephemeral(reply, nio.TypingNoticeEvent)
                ),
            )
            await good(self.alice.room_typing(self.room, False))
        with self.step("receipts and read markers"):
            await good(self.alice.update_receipt_marker(self.room, self.event))
            await good(self.alice.room_read_markers(self.room, self.event, self.event))
            await self.until(self.bob, lambda reply: self.ephemeral(reply, nio.ReceiptEvent))
        with self.step("presence"):
            await good(self.alice.set_presence("unavailable", "tea"))
            await self.until(
                self.bob,
                lambda reply: any(
                    event.user_id == "@alice:example.com" and event.status_msg == "tea"
                    for event in reply.presence_events
                ),
            )
            assert (await good(self.bob.get_presence("@alice:example.com"))).status_msg == "tea"

    async def settings(self):
        with self.step("push rules: add, change, disable, delete"):
            kind, rule = PushRuleKind.content, "tea"
            await good(self.alice.set_pushrule("global", kind, rule, actions=[PushNotify()], pattern="tea"))
            await good(self.alice.set_pushrule_actions("global", kind, rule, [PushNotify()]))
            await good(self.alice.enable_pushrule("global", kind, rule, False))
            await good(self.alice.delete_pushrule("global", kind, rule))
        with self.step("profile"):
            await good(self.alice.set_displayname("Alice A."))
            await good(self.alice.set_avatar("mxc://example.com/none"))
            profile = await good(self.bob.get_profile("@alice:example.com"))
            assert profile.displayname == "Alice A."
            assert (await good(self.bob.get_avatar("@alice:example.com"))).avatar_url
        with self.step("filter, OpenID token"):
            await good(self.alice.upload_filter(room={"timeline": {"limit": 5}}))
            await good(self.alice.get_openid_token("@alice:example.com"))

    async def directory(self):
        with self.step("room directory"):
            async with asyncio.timeout(20):
                while self.room not in [
                    each.room_id for each in (await good(self.bob.list_public_rooms())).public_rooms
                ]:
                    await asyncio.sleep(0.1)
            await good(self.bob.room_get_visibility(self.room))
        with self.step("aliases: add, resolve, remove"):
            await good(self.alice.room_put_alias("#market:example.com", self.room))
            assert (await good(self.bob.room_resolve_alias("#market:example.com"))).room_id == self.room
            await good(self.alice.room_delete_alias("#market:example.com"))
        with self.step("hierarchy of a space"):
            await good(self.bob.space_get_hierarchy(self.room))

    async def media(self):
        for size in (KIB, 10 * MIB):
            with self.step(f"media: up and down, {size} bytes"):
                data = random.Random(size).randbytes(size)
                up, _ = await self.alice.upload(io.BytesIO(data), "application/octet-stream", "file", filesize=size)
                assert isinstance(up, nio.UploadResponse), up
                down = await good(self.bob.download(up.content_uri))
                assert down.body == data
        with self.step("media: thumbnail of a picture"):
            up, _ = await self.alice.upload(io.BytesIO(PNG), "image/png", "dot.png", filesize=len(PNG))
            server, media = up.content_uri.removeprefix("mxc://").split("/")
            await good(self.bob.thumbnail(server, media, 32, 32))

    async def memberships(self):
        with self.step("kick, ban, unban, knock, leave, forget"):
            room = (await good(self.alice.room_create(invite=["@bob:example.com"]))).room_id
            await good(self.bob.join(room))
            await good(self.alice.room_kick(room, "@bob:example.com"))
            await good(self.alice.room_ban(room, "@bob:example.com"))
            await good(self.alice.room_unban(room, "@bob:example.com"))
            await good(self.alice.room_enable_knocking(room))
            await good(self.bob.room_knock(room))
            await good(self.alice.room_invite(room, "@bob:example.com"))
            await good(self.bob.join(room))
            await good(self.bob.room_leave(room))
            await good(self.bob.room_forget(room))

    async def devices(self):
        with self.step("devices: list, rename, delete with a password"):
            assert len((await good(self.alice.devices())).devices) == 2
            await good(self.alice.update_device(self.phone.device_id, {"display_name": "old phone"}))
            extra = nio.AsyncClient(self.alice.homeserver, "@alice:example.com", ssl=self.alice.ssl)
            await good(extra.login(PASSWORD))
            await extra.close()
            asks = await self.alice.delete_devices([extra.device_id])
            password = {
                "type": "m.login.password",
                "session": asks.session,
                "identifier": {"type": "m.id.user", "user": "alice"},
                "password": PASSWORD,
            }
            await good(self.alice.delete_devices([extra.device_id], auth=password))


async def encrypted(stage, report, store):
    """Carol and dave in an encrypted room: keys uploaded, queried, claimed, and sent to devices."""
    people = []
    for name in ("carol", "dave"):
        os.mkdir(f"{store}/{name}")
        people.append(client(stage, store=f"{store}/{name}"))
    carol, dave = people
    try:
        with report.step("nio: an encrypted room: upload, query and claim keys, to-device, decrypt"):
            for name, each in zip(("carol", "dave"), people, strict=True):
                await good(each.register(name, PASSWORD))
                await good(each.keys_upload())
            encryption = {
                "type": "m.room.encryption",
                "state_key": "",
                "content": {"algorithm": "m.megolm.v1.aes-sha2"},
            }
            room = (await good(carol.room_create(invite=["@dave:example.com"], initial_state=[encryption]))).room_id
            await good(dave.join(room))
            await good(carol.sync(full_state=True))
            await good(dave.sync(full_state=True))
            await good(carol.keys_query())
            await good(
                carol.room_send(
                    room, "m.room.message", {"msgtype": "m.text", "body": "secret"}, ignore_unverified_devices=True
                )
            )
            async with asyncio.timeout(20):
                while not (texts := texts_of(await good(dave.sync(timeout=5000)), room)):
                    pass
            assert texts == ["secret"], texts
    finally:
        for each in people:
            await each.close()


def texts_of(reply, room):
    if room not in reply.rooms.join:
        return []
    return [event.body for event in reply.rooms.join[room].timeline.events if isinstance(event, nio.RoomMessageText)]


def png():
    import struct
    import zlib

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\xff\0\0" * 64 for _ in range(64))
    head = struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


PNG = png()
