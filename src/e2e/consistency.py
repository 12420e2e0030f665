"""Who writes and then reads, on one connection, reads what was written: 200 times for each kind, and no second try.
docs/consistency.md says which process answers each of them, and why."""

import asyncio
import base64
import http.client
import json

from people import register

ROUNDS = 200
CLIENT = "/_matrix/client/v3"
UNSTABLE = "/_matrix/client/unstable"
WRITER, OTHER = "@writer:example.com", "@writer2:example.com"


async def play(stage, report):
    tokens = [await register(stage, name) for name in ("writer", "writer2")]
    await asyncio.to_thread(compare, stage.gateway.port, report, *tokens)


def compare(port, report, token, other):
    with Connection(port, token) as user, Connection(port, other) as second:
        kinds = Kinds(user, second)
        for write, read, promised in kinds.all():
            name = write.__doc__
            user.renew()
            second.renew()
            try:
                stale = rounds(write, read)
            except (AssertionError, LookupError, TypeError) as e:
                report.require(f"{name}: can be written and read", repr(e)[:300], met=False)
                continue
            if promised:
                report.require(f"{name}: {ROUNDS} reads of what was written", f"{stale} stale" if stale else "", met=not stale)
            else:
                report.figure(f"{name}: not promised, stale", f"{stale} of {ROUNDS}")


def rounds(write, read):
    stale = 0
    for n in range(ROUNDS):
        awaited = write(n)
        stale += read(n) != awaited
    return stale


class Connection:
    """One connection to the gateway, of one user."""

    def __init__(self, port, token):
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.fields = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "X-Forwarded-For": "203.0.113.7",
            "X-Forwarded-Proto": "https",
        }

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.http.close()

    def renew(self):
        """Has what follows go over one connection, which the gateway has not closed meanwhile."""
        self.http.close()
        self.http.connect()

    def ask(self, method, target, body=None):
        self.http.request(method, target, None if body is None else json.dumps(body), self.fields)
        reply = self.http.getresponse()
        return reply.status, json.loads(reply.read())

    def need(self, method, target, body=None):
        status, content = self.ask(method, target, body)
        assert status == 200, f"{method} {target}: {status} {content}"
        return content

    def get(self, target):
        """The body; the status of an error."""
        status, content = self.ask("GET", target)
        return content if status == 200 else status


class Kinds:
    """Each kind is a write, which gives what the read is to find, and the read."""

    def __init__(self, user, second):
        self.user = user
        self.second = second
        self.room = user.need("POST", f"{CLIENT}/createRoom", {"preset": "public_chat"})["room_id"]
        self.device = user.need("GET", f"{CLIENT}/account/whoami")["device_id"]
        self.mine = f"{CLIENT}/user/{WRITER}"
        self.at = f"{CLIENT}/rooms/{self.room}"
        self.version = user.need(
            "POST",
            f"{CLIENT}/room_keys/version",
            {"algorithm": "m.megolm_backup.v1", "auth_data": {"public_key": "abc"}},
        )["version"]

    def all(self):
        """Each with whether it is promised."""
        user = self.user
        return [
            (self.put_account_data, lambda n: user.get(f"{self.mine}/account_data/org.example.n"), True),
            (
                self.put_room_account_data,
                lambda n: user.get(f"{self.mine}/rooms/{self.room}/account_data/org.example.n"),
                True,
            ),
            (self.put_tag, lambda n: user.get(f"{self.mine}/rooms/{self.room}/tags"), True),
            (self.put_marker, lambda n: user.get(f"{self.mine}/rooms/{self.room}/account_data/m.fully_read"), True),
            (self.put_rule, lambda n: self.rule(user.get(f"{CLIENT}/pushrules/")["global"]), True),
            (self.put_rule_again, lambda n: self.rule(user.get(f"{self.mine}/account_data/m.push_rules")["global"]), True),
            (self.put_device, lambda n: user.get(f"{CLIENT}/devices/{self.device}")["display_name"], True),
            (self.put_device_again, lambda n: user.get(f"{CLIENT}/devices")["devices"][0]["display_name"], True),
            (self.put_presence, lambda n: user.get(f"{CLIENT}/presence/{WRITER}/status")["status_msg"], True),
            (self.put_name, lambda n: user.get(f"{CLIENT}/profile/{WRITER}/org.example.n"), True),
            (self.put_state, lambda n: user.get(f"{self.at}/state/org.example.n"), True),
            (self.put_alias, lambda n: user.ask("GET", f"{CLIENT}/directory/room/%23a{n}:example.com")[0], True),
            (self.put_filter, lambda n: user.get(f"{self.mine}/filter/{self.filter}"), True),
            (self.put_backup, lambda n: self.backup(n), True),
            (self.put_pusher, lambda n: len(user.get(f"{CLIENT}/pushers")["pushers"]), True),
            (self.put_subscription, lambda n: user.get(self.thread), True),
            (self.put_delayed, lambda n: self.delayed(), True),
            (self.put_keys, lambda n: self.keys()["device_keys"][WRITER][self.device]["algorithms"], True),
            (self.put_cross_keys, lambda n: self.keys()["master_keys"].get(WRITER, {}).get("keys"), True),
            (self.join, lambda n: OTHER in self.members(), False),
            (self.join_again, lambda n: self.room in self.second.get(f"{CLIENT}/joined_rooms")["joined_rooms"], False),
            (self.put_state_again, lambda n: self.whole_state(), False),
            (self.put_room_name, lambda n: user.get(f"/_matrix/client/v1/room_summary/{self.room}").get("name"), False),
            (self.send, lambda n: user.get(f"{self.at}/messages?dir=b&limit=1")["chunk"][0]["event_id"], False),
            (self.send_again, lambda n: user.get(f"{self.at}/event/{self.sent}")["event_id"], False),
            (self.redact, lambda n: user.get(f"{self.at}/event/{self.sent}")["content"], False),
        ]

    def put_account_data(self, n):
        "account data"
        self.user.need("PUT", f"{self.mine}/account_data/org.example.n", {"n": n})
        return {"n": n}

    def put_room_account_data(self, n):
        "account data of a room"
        self.user.need("PUT", f"{self.mine}/rooms/{self.room}/account_data/org.example.n", {"n": n})
        return {"n": n}

    def put_tag(self, n):
        "tags"
        self.user.need("PUT", f"{self.mine}/rooms/{self.room}/tags/u.work", {"order": n / ROUNDS})
        return {"tags": {"u.work": {"order": n / ROUNDS}}}

    def put_marker(self, n):
        "read markers, as account data"
        self.send(n)
        self.user.need("POST", f"{self.at}/read_markers", {"m.fully_read": self.sent})
        return {"event_id": self.sent}

    def put_rule(self, n):
        "push rules"
        rule = f"{CLIENT}/pushrules/global/override/.m.rule.master/enabled"
        self.user.need("PUT", rule, {"enabled": n % 2 == 0})
        return n % 2 == 0

    def put_rule_again(self, n):
        "push rules, as account data"
        return self.put_rule(n)

    def rule(self, rules):
        return next(rule["enabled"] for rule in rules["override"] if rule["rule_id"] == ".m.rule.master")

    def put_device(self, n):
        "a device"
        self.user.need("PUT", f"{CLIENT}/devices/{self.device}", {"display_name": f"name {n}"})
        return f"name {n}"

    def put_device_again(self, n):
        "the list of devices"
        return self.put_device(-n)

    def put_presence(self, n):
        "presence"
        self.user.need(
            "PUT", f"{CLIENT}/presence/{WRITER}/status", {"presence": "online", "status_msg": f"message {n}"}
        )
        return f"message {n}"

    def put_name(self, n):
        "a profile"
        # not the display name, which Synapse 1.163.2 changes but slowly: "Expected at most one task to cancel"
        self.user.need("PUT", f"{CLIENT}/profile/{WRITER}/org.example.n", {"org.example.n": n})
        return {"org.example.n": n}

    def put_state(self, n):
        "a room's state by its type"
        self.user.need("PUT", f"{self.at}/state/org.example.n", {"n": n})
        return {"n": n}

    def put_alias(self, n):
        "aliases"
        self.user.need("PUT", f"{CLIENT}/directory/room/%23a{n}:example.com", {"room_id": self.room})
        return 200

    def put_filter(self, n):
        "filters"
        wanted = {"room": {"rooms": [f"!r{n}:example.com"]}}
        self.filter = self.user.need("POST", f"{self.mine}/filter", wanted)["filter_id"]
        return wanted

    def put_backup(self, n):
        "key backup"
        key = {"first_message_index": 0, "forwarded_count": 0, "is_verified": False, "session_data": {"n": n}}
        self.user.need("PUT", f"{CLIENT}/room_keys/keys/!r:example.com/{n}?version={self.version}", key)
        return key

    def backup(self, n):
        return self.user.get(f"{CLIENT}/room_keys/keys/!r:example.com/{n}?version={self.version}")

    def put_pusher(self, n):
        "pushers"
        pusher = {
            "app_id": "org.example.app",
            "pushkey": "key",
            "kind": "http" if n % 2 == 0 else None,
            "app_display_name": "app",
            "device_display_name": "device",
            "lang": "en",
            "data": {"url": "https://push.example.com/_matrix/push/v1/notify"},
        }
        self.user.need("POST", f"{CLIENT}/pushers/set", pusher)
        return (n + 1) % 2

    def put_subscription(self, n):
        "thread subscriptions"
        if n == 0:
            self.send(0)
            self.thread = f"{UNSTABLE}/io.element.msc4306/rooms/{self.room}/thread/{self.sent}/subscription"
        if n % 2:
            self.user.need("DELETE", self.thread)
            return 404
        self.user.need("PUT", self.thread, {})
        return {"automatic": False}

    def put_delayed(self, n):
        "delayed events"
        self.delay = self.user.need(
            "PUT",
            f"{self.at}/send/m.room.message/delayed{n}?org.matrix.msc4140.delay=3600000",
            {"msgtype": "m.text", "body": "later"},
        )["delay_id"]
        return True

    def delayed(self):
        found = self.user.need("GET", f"{UNSTABLE}/org.matrix.msc4140/delayed_events")
        seen = self.delay in [event["delay_id"] for event in found["delayed_events"]]
        self.user.ask("POST", f"{UNSTABLE}/org.matrix.msc4140/delayed_events/{self.delay}", {"action": "cancel"})
        return seen

    def put_keys(self, n):
        "device keys"
        keys = {
            "user_id": WRITER,
            "device_id": self.device,
            "algorithms": [f"m.algorithm{n}"],
            "keys": {f"ed25519:{self.device}": "a", f"curve25519:{self.device}": "b"},
            "signatures": {WRITER: {f"ed25519:{self.device}": "c"}},
        }
        self.user.need("POST", f"{CLIENT}/keys/upload", {"device_keys": keys})
        return keys["algorithms"]

    def put_cross_keys(self, n):
        "cross-signing keys"
        key = base64.b64encode(n.to_bytes(32, "big")).decode().rstrip("=")
        keys = {f"ed25519:{key}": key}
        body = {"master_key": {"user_id": WRITER, "usage": ["master"], "keys": keys}}
        status, asked = self.user.ask("POST", f"{CLIENT}/keys/device_signing/upload", body)
        if status == 401:
            body["auth"] = {
                "type": "m.login.password",
                "identifier": {"type": "m.id.user", "user": WRITER},
                "password": "password",
                "session": asked["session"],
            }
            status, asked = self.user.ask("POST", f"{CLIENT}/keys/device_signing/upload", body)
        assert status == 200, f"{status} {asked}"
        return keys

    def keys(self):
        return self.user.need("POST", f"{CLIENT}/keys/query", {"device_keys": {WRITER: []}})

    def join(self, n):
        "members of a room after a join or a leave"
        self.second.need("POST", f"{self.at}/{'leave' if n % 2 else 'join'}", {})
        return n % 2 == 0

    def members(self):
        """The joined members; none for a user that has left, who may not ask."""
        status, members = self.second.ask("GET", f"{self.at}/joined_members")
        return members["joined"] if status == 200 else ()

    def join_again(self, n):
        "rooms of a user after a join or a leave"
        return self.join(n)

    def put_state_again(self, n):
        "a room's whole state"
        return self.put_state(-n)

    def whole_state(self):
        events = self.user.need("GET", f"{self.at}/state")
        return next(event["content"] for event in events if event["type"] == "org.example.n")

    def put_room_name(self, n):
        "the summary of a room"
        self.user.need("PUT", f"{self.at}/state/m.room.name", {"name": f"name {n}"})
        return f"name {n}"

    def send(self, n):
        "messages of a room"
        self.count = getattr(self, "count", 0) + 1
        self.sent = self.user.need(
            "PUT", f"{self.at}/send/m.room.message/n{self.count}", {"msgtype": "m.text", "body": f"text {n}"}
        )["event_id"]
        return self.sent

    def send_again(self, n):
        "an event"
        return self.send(n)

    def redact(self, n):
        "an event that is redacted"
        self.send(n)
        self.user.get(f"{self.at}/event/{self.sent}")
        self.user.need("PUT", f"{self.at}/redact/{self.sent}/r{n}", {})
        return {}
