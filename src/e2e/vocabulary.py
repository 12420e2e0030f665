#!/usr/bin/env python3
"""Makes the lists of words that the access log shows, from the servlets of the Synapse at hand.

    pip install matrix-synapse==1.163.2 && python src/e2e/vocabulary.py [--check]

It writes src/main/resources/org/synapsegateway/identity/path-words.txt (the literal segments of all
servlets' patterns, of resources' paths, the values that arguments may have by name, and of shipped
routes) and query-names.txt (the names of all arguments that Synapse reads). A name that is new there
is hidden; whether the value of an argument is shown is a person's decision, which is kept.
With --check it writes nothing, and fails if the files hold less.
"""

import ast
import importlib.util
import re
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
RESOURCES = TOP / "src/main/resources/org/synapsegateway/identity"
WORDS, NAMES = RESOURCES / "path-words.txt", RESOURCES / "query-names.txt"
PARTS = ["rest", "federation/transport/server", "app", "http", "media", "handlers/sso.py", "handlers/oidc.py",
         "handlers/cas.py", "replication/http", "config/server.py", "api/urls.py"]

# Of the specification and of what else stands behind a Synapse's name, not among its servlets' patterns.
EXTRA_WORDS = """
    .well-known client server support favicon.ico robots.txt index.html health metrics static
    http: https: identity v2 pubkey isvalid ephemeral hash_details lookup requestToken submitToken
    email msisdn oauth2 authorize introspect revoke token device link userinfo jwks.json openid-configuration
    b f crop scale guest user online offline unavailable join invite leave ban knock true false
    displayname avatar_url m.tz global override content room sender underride enabled actions m.read
    m.read.private m.fully_read sfu get sliding-sync
    """.split()
EXTRA_NAMES = """
    access_token client_secret code error error_description id_token iss loginToken nextLink next_link openid_token
    redirectUrl session session_state sid state token user_id at kind width height method animated url ts v ver
    org.matrix.msc3266.via org.matrix.msc4222.use_state_after pos timeout server via
    """.split()

WORD = re.compile(r"[A-Za-z0-9._-]+")


def sources(synapse):
    for part in PARTS:
        path = synapse / part
        yield from sorted(path.rglob("*.py")) if path.is_dir() else [path] if path.exists() else []


def text(node):
    """The text of a literal, with a null byte for what is put in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)):
        return node.value if isinstance(node.value, str) else node.value.decode("latin-1")
    if isinstance(node, ast.JoinedStr):
        return "".join(text(v) or "\0" for v in node.values)
    return None


def literals(pattern):
    """The words between slashes of a path's pattern, less what its groups with names take."""
    plain = re.sub(r"\(\?P<\w+>[^()]*(\([^()]*\)[^()]*)*\)", "\0", pattern).replace("\\.", ".")
    for segment in re.sub(r"[\^$?]", "", plain).split("/"):
        yield from (w for w in re.split(r"[|()]", segment) if WORD.fullmatch(w) and len(w) <= 64)


def called(node):
    return getattr(node.func, "id", getattr(node.func, "attr", ""))


def read(tree, words, names):
    for node in ast.walk(tree):
        pattern = text(node) if isinstance(node, (ast.Constant, ast.JoinedStr)) else None
        if pattern and re.match(r"\^?\(?/", pattern) and not re.search(r"\s", pattern):
            words.update(literals(pattern))
        if isinstance(node, ast.Call) and called(node).startswith("parse_"):
            # the request or its arguments come first
            names.update(filter(None, (text(a) for a in node.args[1:2])))
            names.update(filter(None, (text(k.value) for k in node.keywords if k.arg == "name")))
            for k in node.keywords:
                if k.arg == "allowed_values":
                    words.update(v for v in map(text, ast.walk(k.value)) if v and WORD.fullmatch(v))
        if isinstance(node, ast.Call) and called(node) == "putChild" and node.args:
            words.update(literals("/" + (text(node.args[0]) or "")))
        if isinstance(node, ast.Subscript) and getattr(node.value, "attr", getattr(node.value, "id", "")) == "args":
            names.update(filter(None, [text(node.slice)]))


def of_routes(words):
    for routes in sorted((TOP / "routes").glob("*.yaml")):
        for line in re.findall(r"\^/\S+", routes.read_text()):
            words.update(literals(re.sub(r"\.\*|\[\^/\][*+]", "\0", line)))


def main():
    found = importlib.util.find_spec("synapse")
    if not found or not found.origin:
        sys.exit("Synapse is not installed")
    synapse = Path(found.origin).parent
    words, names = set(EXTRA_WORDS), set(EXTRA_NAMES)
    for source in sources(synapse):
        read(ast.parse(source.read_text()), words, names)
    of_routes(words)
    names = {n for n in names if WORD.fullmatch(n)}
    kept = dict(line.split(" ") for line in NAMES.read_text().splitlines())
    if "--check" in sys.argv:
        missing = (words - set(WORDS.read_text().split("\n"))) | (names - set(kept))
        sys.exit("not in the lists: " + " ".join(sorted(missing)) if missing else 0)
    WORDS.write_text("".join(w + "\n" for w in sorted(words)))
    NAMES.write_text("".join(f"{n} {kept.get(n, 'hidden')}\n" for n in sorted(names | set(kept))))


if __name__ == "__main__":
    main()
