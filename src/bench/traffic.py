"""What clients ask in the comparison: ten endpoints of several groups, by 64 users."""

import itertools

import contenders
import harness

USERS = 64
WORDS = """the a of to in is you that it he was for on are as with his they at be this have from or one had by word but not what
all were we when your can said there use an each which she do how their if will up other about out many then them these so
some her would make like him into time has look two more write go see number no way could people my than first water been
call who its now find long down day did get come made may part""".split()
ROOM = "!abcdefghijklmnopqr%3Amatrix.example"
TARGETS = [
    "/_matrix/client/v3/sync?since=s72594_4483_1934&timeout=0&filter=1",
    "/_matrix/client/v3/sync?timeout=0&filter=1",
    f"/_matrix/client/v3/rooms/{ROOM}/messages?dir=b&limit=20",
    f"/_matrix/client/v3/rooms/{ROOM}/state/m.room.name/",
    "/_matrix/client/v3/profile/%40user1%3Amatrix.example",
    "/_matrix/client/v3/keys/changes?from=s72594_4483_1934&to=s75689_5632_2435",
    "/_matrix/client/v3/joined_rooms",
    "/_matrix/client/v3/pushrules/",
    "/_matrix/client/versions",
    "/_matrix/federation/v1/version",
]


def mix(fields=""):
    """A request of each user for each target, one user and one target after another."""
    users = itertools.cycle([harness.token(f"user{number}") for number in range(USERS)])
    # the users take one step more in each turn of targets, so that all pairs come
    return [
        request(target, user, fields)
        for turn in range(USERS)
        for target, user in zip(TARGETS, itertools.islice(users, 1, len(TARGETS) + 1), strict=True)
    ]


def download(name):
    return request(contenders.DOWNLOAD + name, harness.token("user1"))


def request(target, token, fields=""):
    return (
        f"GET {target} HTTP/1.1\r\n"
        "Host: matrix.example\r\n"
        "Accept: application/json\r\n"
        "Accept-Encoding: gzip, deflate, br\r\n"
        f"Authorization: Bearer {token}\r\n"
        "User-Agent: Element/1.11.89 (Linux; U; Android 14; Pixel 8; MatrixAndroidSdk2 1.6.24)\r\n"
        f"{fields}\r\n"
    ).encode()
