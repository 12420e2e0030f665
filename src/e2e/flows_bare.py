"""What no client library does by itself: the admin API, an application service, and endpoints that are young or old."""

import asyncio
import random

from api import Api
from people import register
from stage import APPLICATION_SERVICE

CLIENT = "/_matrix/client/v3"
MIB = 1024**2


async def play(stage, report):
    await admin(stage, report)
    await application_service(stage, report)
    token = await register(stage, "erin")
    async with Api(stage.url, token) as erin:
        await account_data(erin, report)
        await key_backup(erin, report)
        await sliding_sync(erin, report)
        await rooms(erin, report)
        await media(stage, erin, report)
        await refused(stage, erin, report)


async def admin(stage, report):
    token = await register(stage, "root", admin=True)
    async with Api(stage.url, token, Api.PRIVATE) as inside, Api(stage.url, token) as outside:
        with report.step("admin API, from a private address"):
            users = await inside.need("GET", "/_synapse/admin/v2/users?from=0&limit=10")
            assert users["total"] >= 1
            await inside.need("GET", "/_synapse/admin/v2/users/@root:example.com")
            await inside.need("PUT", "/_synapse/admin/v2/users/@frank:example.com", {"password": "password"}, 201)
            await inside.need("GET", "/_synapse/admin/v1/server_version")
            room = (await inside.need("POST", f"{CLIENT}/createRoom", {}))["room_id"]
            await inside.need("GET", f"/_synapse/admin/v1/rooms/{room}")
            await inside.need("GET", f"/_synapse/admin/v1/rooms/{room}/members")
        with report.step("admin API: media, of the media worker"):
            up = await inside.need("POST", "/_matrix/media/v3/upload?filename=a", b"some bytes")
            name = up["content_uri"].removeprefix("mxc://")
            await inside.need("GET", "/_synapse/admin/v1/users/@root:example.com/media")
            await inside.need("POST", f"/_synapse/admin/v1/media/quarantine/{name}", {})
            await inside.need("GET", f"/_matrix/client/v1/media/download/{name}", status=404)
            await inside.need("POST", f"/_synapse/admin/v1/media/unquarantine/{name}", {})
            await inside.need("GET", f"/_matrix/client/v1/media/download/{name}")
            await inside.need("DELETE", f"/_synapse/admin/v1/media/{name}")
        with report.step("admin API and the like are refused to a public address, however they are spelt"):
            for target in (
                "/_synapse/admin/v2/users",
                "/_synapse/admin/v1/rooms/!r:example.com",
                "/_synapse/metrics",
                "/%5Fsynapse/admin/v2/users",
                "/_synapse/%61dmin/v2/users",
                "/_synapse/mas/x",
            ):
                assert (await outside.ask("GET", target))[0] == 403, target
        with report.step("the replication API is refused to everybody"):
            for api in (inside, outside):
                assert (await api.ask("POST", "/_synapse/replication/send_event/x", {}))[0] == 403


async def application_service(stage, report):
    async with Api(stage.url, APPLICATION_SERVICE["as_token"], Api.PRIVATE) as bridge:
        with report.step("an application service: register, masquerade, create, send, sync"):
            for name in ("irc_one", "irc_two"):
                await bridge.need(
                    "POST",
                    f"{CLIENT}/register",
                    {"type": "m.login.application_service", "username": name, "inhibit_login": True},
                )
            one, two = "user_id=%40irc_one%3Aexample.com", "user_id=%40irc_two%3Aexample.com"
            assert (await bridge.need("GET", f"{CLIENT}/account/whoami?{one}"))["user_id"] == "@irc_one:example.com"
            assert (await bridge.need("GET", f"{CLIENT}/account/whoami"))["user_id"] == "@irc:example.com"
            room = (await bridge.need("POST", f"{CLIENT}/createRoom?{one}", {"preset": "public_chat"}))["room_id"]
            await bridge.need("POST", f"{CLIENT}/join/{room}?{two}", {})
            for n in range(5):
                await bridge.need(
                    "PUT",
                    f"{CLIENT}/rooms/{room}/send/m.room.message/irc{n}?{two}&ts=1700000000000",
                    {"msgtype": "m.text", "body": f"line {n}"},
                )
            since = (await bridge.need("GET", f"{CLIENT}/sync?{one}"))["next_batch"]
            await bridge.need("GET", f"{CLIENT}/sync?{one}&since={since}&timeout=0")
            messages = await bridge.need("GET", f"{CLIENT}/rooms/{room}/messages?dir=b&limit=5&{one}")
            assert [event["origin_server_ts"] for event in messages["chunk"]] == [1700000000000] * 5
            await bridge.need(
                "PUT", f"{CLIENT}/rooms/{room}/typing/@irc_two:example.com?{two}", {"typing": True, "timeout": 1000}
            )


async def account_data(erin, report):
    with report.step("account data and tags: write, read"):
        mine = f"{CLIENT}/user/@erin:example.com"
        await erin.need("PUT", f"{mine}/account_data/org.example.a", {"a": 1})
        room = (await erin.need("POST", f"{CLIENT}/createRoom", {}))["room_id"]
        await erin.need("PUT", f"{mine}/rooms/{room}/account_data/org.example.b", {"b": 2})
        await erin.need("PUT", f"{mine}/rooms/{room}/tags/u.work", {"order": 0.5})
        assert await erin.need("GET", f"{mine}/account_data/org.example.a") == {"a": 1}
        assert await erin.need("GET", f"{mine}/rooms/{room}/account_data/org.example.b") == {"b": 2}
        assert await erin.need("GET", f"{mine}/rooms/{room}/tags") == {"tags": {"u.work": {"order": 0.5}}}
        await erin.need("DELETE", f"{mine}/rooms/{room}/tags/u.work")


async def key_backup(erin, report):
    with report.step("key backup: make, write, read, delete"):
        made = await erin.need(
            "POST",
            f"{CLIENT}/room_keys/version",
            {"algorithm": "m.megolm_backup.v1", "auth_data": {"public_key": "abc"}},
        )
        version = made["version"]
        key = {"first_message_index": 0, "forwarded_count": 0, "is_verified": False, "session_data": {"x": "y"}}
        await erin.need("PUT", f"{CLIENT}/room_keys/keys/!r:example.com/s?version={version}", key)
        assert await erin.need("GET", f"{CLIENT}/room_keys/keys/!r:example.com/s?version={version}") == key
        await erin.need("GET", f"{CLIENT}/room_keys/version")
        await erin.need("DELETE", f"{CLIENT}/room_keys/version/{version}")


async def sliding_sync(erin, report):
    with report.step("simplified sliding sync: begin, go on"):
        target = "/_matrix/client/unstable/org.matrix.simplified_msc3575/sync"
        body = {"lists": {"all": {"ranges": [[0, 9]], "required_state": [["*", "*"]], "timeline_limit": 5}}}
        first = await erin.need("POST", target, body)
        assert first["lists"]["all"]["count"] >= 1
        await erin.need("POST", f"{target}?pos={first['pos']}&timeout=100", body)


async def rooms(erin, report):
    with report.step("rooms: upgrade, report, timestamp, search, summary, old names of endpoints"):
        room = (await erin.need("POST", f"{CLIENT}/createRoom", {"preset": "public_chat"}))["room_id"]
        sent = await erin.need(
            "PUT", f"{CLIENT}/rooms/{room}/send/m.room.message/1", {"msgtype": "m.text", "body": "needle"}
        )
        event = sent["event_id"]
        await erin.need("GET", f"/_matrix/client/v1/rooms/{room}/timestamp_to_event?ts=0&dir=f")
        await erin.need("POST", f"{CLIENT}/rooms/{room}/report/{event}", {"reason": "none"})
        found = await erin.need(
            "POST", f"{CLIENT}/search", {"search_categories": {"room_events": {"search_term": "needle"}}}
        )
        assert found["search_categories"]["room_events"]["count"] == 1
        await erin.need("GET", f"/_matrix/client/v1/room_summary/{room}")
        await erin.need("GET", f"/_matrix/client/r0/rooms/{room}/initialSync")
        await erin.need("GET", "/_matrix/client/r0/initialSync?limit=1")
        await erin.need("GET", "/_matrix/client/r0/events?timeout=0")
        await erin.need("GET", "/_matrix/client/versions")
        await erin.need("GET", f"{CLIENT}/capabilities")
        await erin.need("GET", f"{CLIENT}/voip/turnServer")
        await erin.need("GET", f"{CLIENT}/notifications")
        await erin.need("GET", f"{CLIENT}/pushrules/")
        await erin.need("GET", f"{CLIENT}/thirdparty/protocols")
        upgraded = await erin.need("POST", f"{CLIENT}/rooms/{room}/upgrade", {"new_version": "12"})
        assert upgraded["replacement_room"]
    with report.step("user directory"):
        async with asyncio.timeout(20):
            while True:
                found = await erin.need("POST", f"{CLIENT}/user_directory/search", {"search_term": "root"})
                if "@root:example.com" in [user["user_id"] for user in found["results"]]:
                    break
                await asyncio.sleep(0.1)


async def media(stage, erin, report):
    with report.step("authenticated media: 10 MiB, and not without a token"):
        data = random.Random(5).randbytes(10 * MIB)
        name = (await erin.need("POST", "/_matrix/media/v3/upload", data))["content_uri"].removeprefix("mxc://")
        assert await erin.need("GET", f"/_matrix/client/v1/media/download/{name}") == data
        async with Api(stage.url) as nobody:
            await nobody.need("GET", f"/_matrix/client/v1/media/download/{name}", status=401)
        await erin.need("GET", "/_matrix/client/v1/media/config")
    with report.step("an upload without a length, which the front counts"):

        async def chunks():
            for _ in range(4):
                yield bytes(50_000)

        url = f"{stage.url}/_matrix/media/v3/upload"
        async with erin.session.post(url, data=chunks(), headers={"Content-Type": "application/x-test"}) as reply:
            name = (await reply.json())["content_uri"].removeprefix("mxc://")
        assert await erin.need("GET", f"/_matrix/client/v1/media/download/{name}") == bytes(200_000)
    with report.step("as large an upload as Synapse takes, and one a byte larger, which gets 413 at once"):
        limit = 50 * MIB
        await erin.need("POST", "/_matrix/media/v3/upload", bytes(limit))
        reply = await erin.need("POST", "/_matrix/media/v3/upload", bytes(limit + 1), 413)
        assert reply["errcode"] == "M_TOO_LARGE"


async def refused(stage, erin, report):
    with report.step("errors are Synapse's own: no token, a bad one, nothing there, the wrong method"):
        async with Api(stage.url) as nobody, Api(stage.url, "syt_ZXJpbg_nonsense_000000") as liar:
            await nobody.need("GET", f"{CLIENT}/sync", status=401)
            await liar.need("GET", f"{CLIENT}/sync?since=s1", status=401)
        await erin.need("GET", f"{CLIENT}/no/such/thing", status=404)
        await erin.need("DELETE", f"{CLIENT}/joined_rooms", status=405)
        await erin.need("GET", f"{CLIENT}/rooms/!none:example.com/state", status=403)
        await erin.need("PUT", f"{CLIENT}/rooms/!none:example.com/send/m.room.message/1", b"{bad", status=400)
        status, _ = await erin.ask("OPTIONS", f"{CLIENT}/sync")
        assert status in (200, 204)
