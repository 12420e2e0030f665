"""nginx, HAProxy and the gateway with one table of routes, and workers that cost little.

The table is that of routes/front.camel.yaml, so that a change there is a change for all three. What
nginx's locations and HAProxy's maps cannot tell apart as cheaply, the methods, they are spared.
"""

import collections.abc
import contextlib
import json
import pathlib
import re
import typing

import harness
from harness import programs

HERE = pathlib.Path(__file__).parent
NAMES = ["gateway", "nginx", "haproxy"]
# the programs of contenders that are not those of this machine; the workers are always its nginx
PROGRAMS: dict[str, pathlib.Path] = {}
CADDY = "github.com/caddyserver/caddy/v2/cmd/caddy@v2.11.9"
# nginx closes idle connections when less than a sixteenth of these are left
DESCRIPTORS = 20_000

# what goes to the main process's socket, with large bodies and replies
DOWNLOAD = "/_matrix/media/v3/download/matrix.example/"
NOTIFICATIONS = "/_matrix/client/v3/notifications"
UPLOAD = "/_matrix/media/v3/upload"


def missing(*, h2load=False):
    """The programs that are not there, with the Debian packages that have them."""
    packages = {"nginx": "nginx-light", "haproxy": "haproxy", "wrk": "wrk", "taskset": "util-linux"}
    if h2load:
        packages["h2load"] = "nghttp2-client"
    return {program: package for program, package in packages.items() if not programs.which(program)}


def program(name):
    return str(PROGRAMS.get(name) or programs.which(name))


def table():
    """Group -> its path expressions, in the order of the front route."""
    groups, patterns = {}, []
    for line in (harness.ROOT / "routes" / "front.camel.yaml").read_text().splitlines():
        if found := re.fullmatch(r" +(?:[A-Z|]+ )?(\^\S+)", line):
            # a group that captures nothing costs less
            patterns.append(re.sub(r"\((?!\?)", "(?:", found[1]))
        elif found := re.fullmatch(r" +- to: direct:(\S+)", line):
            groups.setdefault(found[1], []).extend(patterns)
            patterns = []
    del groups["forbidden"]  # each contender has its own way to refuse
    return {group: patterns for group, patterns in groups.items() if patterns}


def target(group, sync, sliding_sync):
    """Where a group's requests go: only the syncs have workers, as in the shipped routes."""
    return {"sync": sync, "sliding-sync": sliding_sync}.get(group, "main")


# ---------------------------------------------------------------------------- what is started


@contextlib.asynccontextmanager
async def started(name, directory, cores, ports=None):
    """A contender with as many loops as it has cores, listening and able to reach its workers.

    With `ports` (socket -> port) it asks the workers over TCP.
    """
    port = harness.free_port()
    more = {"ports": ports} if ports else {}
    command = on(cores, COMMANDS[name](directory, port, len(cores), **more))
    async with harness.launched(command, port, directory / f"{name}.log") as proxy:
        yield proxy


def on(cores, command):
    """The command, kept to these cores."""
    return ["taskset", "-c", ",".join(map(str, cores)), *command]


def gateway(directory, port, loops, java=(), ports=None):
    over_tcp = routes_over_tcp(directory, ports) if ports else []
    options = ["@config/jvm.options", f"-Dgateway.event-loops={loops}", *over_tcp, *java]
    return harness.gateway(directory, port, options)


def routes_over_tcp(directory, ports):
    """Writes the shipped routes with the workers' ports in place of their sockets."""
    routes = directory / "routes-over-tcp"
    routes.mkdir(exist_ok=True)
    for file in (harness.ROOT / "routes").glob("*.camel.yaml"):
        text = file.read_text()
        for name, port in ports.items():
            text = text.replace(f"worker:unix:{{{{gateway.workers.directory}}}}/{name}", f"worker:tcp:127.0.0.1:{port}")
        (routes / file.name).write_text(text)
    return [f"-Dcamel.main.routesIncludePattern=file:{routes}/*.camel.yaml"]


def place(directory, name, ports):
    """Where a worker is: the path of its socket, or host:port."""
    return f"127.0.0.1:{ports[name]}" if ports else directory / name


def nginx(directory, port, loops, request_buffering="on", tls="", ports=None):
    """`tls` has further lines of the server."""
    sockets = {
        group: [place(directory, name, ports) for name in harness.sockets_of(group, count)]
        for group, count in harness.GROUPS.items()
    }
    locations = (
        f'    location ~ "{"|".join(patterns)}" {{\n'
        f"      proxy_pass http://{target(group, '$sync', '$sliding_sync')};\n    }}"
        for group, patterns in table().items()
    )
    name = f"nginx-{port}"
    configuration = programs.filled(
        HERE / "compare-nginx.conf",
        directory / f"{name}.conf",
        directory=directory,
        name=name,
        port=port,
        loops=loops,
        descriptors=DESCRIPTORS,
        request_buffering=request_buffering,
        tls=tls,
        upstreams=programs.nginx_upstreams(
            sockets, keepalive="keepalive 512; keepalive_requests 1000000000; keepalive_timeout 600s;"
        ),
        locations="\n".join(locations),
    )
    return programs.nginx(directory, configuration, program("nginx"))


def nginx_unbuffered(directory, port, loops):
    """nginx that passes a request's body on as it comes, rather than after all of it has come."""
    return nginx(directory, port, loops, request_buffering="off")


def haproxy(directory, port, loops, tls="", ports=None):
    """`tls` has further lines of the frontend."""
    (directory / "haproxy.map").write_text(
        "".join(
            f"{'|'.join(patterns)} {target(group, 'sync', 'sliding-sync')}\n"
            for group, patterns in table().items()
        )
    )
    backends = (
        f"backend {group}\n"
        + (HAPROXY_HASH if count > 1 else "")
        + "".join(
            f"  server {name} {haproxy_place(directory, name, ports)}\n" for name in harness.sockets_of(group, count)
        )
        for group, count in harness.GROUPS.items()
    )
    configuration = programs.filled(
        HERE / "compare-haproxy.cfg",
        directory / "haproxy.cfg",
        directory=directory,
        port=port,
        loops=loops,
        tls=tls,
        backends="\n".join(backends),
    )
    return [program("haproxy"), "-db", "-f", configuration]


def haproxy_place(directory, name, ports):
    return place(directory, name, ports) if ports else f"unix@{directory}/{name}"


HAPROXY_HASH = """\
  http-request set-var(txn.user) urlp(access_token),field(2,_)
  http-request set-var(txn.user) req.hdr(authorization),field(2,_) if { req.hdr(authorization) -m found }
  balance hash var(txn.user)
"""



def caddy(directory, port, loops, ports=None):
    """Caddy with a route for each group, and a hash of the token."""
    routes = [
        {"match": [{"path_regexp": {"pattern": "|".join(patterns)}}], "handle": handled}
        for group, patterns in table().items()
        for handled in [caddy_group(target(group, "sync", "sliding-sync"), directory, ports)]
    ]
    forbidden = {"match": [{"path": ["/_synapse/replication*"]}], "handle": [{"handler": "static_response", "status_code": 403}]}
    others = {"handle": caddy_group("main", directory, ports)}
    server = {
        "listen": [f"127.0.0.1:{port}"],
        "automatic_https": {"disable": True},
        "protocols": ["h1"],
        "routes": [forbidden, *({**route, "terminal": True} for route in routes), others],
    }
    configuration = directory / "caddy.json"
    configuration.write_text(
        json.dumps({"admin": {"disabled": True}, "apps": {"http": {"servers": {"gateway": server}}}})
    )
    environment = [f"GOMAXPROCS={loops}", f"XDG_CONFIG_HOME={directory}", f"XDG_DATA_HOME={directory}"]
    return ["env", *environment, PROGRAMS["caddy"], "run", "--config", configuration]


def caddy_group(group, directory, ports):
    """The handlers of a group; those of the syncs choose by what the query says, as in the shipped routes."""
    if group in ("sync", "sliding-sync"):
        position = {"sync": "since", "sliding-sync": "pos"}[group]
        return [
            {
                "handler": "subroute",
                "routes": [
                    {"match": [{"query": {position: ["*"]}}], "handle": caddy_group("normal_sync", directory, ports), "terminal": True},
                    {"handle": caddy_group("initial_sync", directory, ports)},
                ],
            }
        ]
    names = harness.sockets_of(group, harness.GROUPS[group])
    return [
        {
            "handler": "reverse_proxy",
            "upstreams": [{"dial": place(directory, name, ports) if ports else f"unix/{directory}/{name}"} for name in names],
            "load_balancing": {"selection_policy": {"policy": "header", "field": "Authorization"}},
            "transport": {"protocol": "http", "keep_alive": {"max_idle_conns_per_host": 512}},
        }
    ]


COMMANDS: dict[str, collections.abc.Callable] = {
    "gateway": gateway,
    "nginx": nginx,
    "nginx unbuffered": nginx_unbuffered,
    "haproxy": haproxy,
    "caddy": caddy,
}


class Contender(typing.NamedTuple):
    """A proxy, and its port for TLS."""

    proxy: harness.Proxy
    port: int


@contextlib.asynccontextmanager
async def over_tls(name, directory, cores, certificate, java=(), more="", environment=()):
    """A contender with one loop, listening with TLS too; `environment` is what env(1) is called with."""
    plain, port = harness.free_ports(2)
    command = on(cores.proxy, [*environment, *https(name, directory, plain, port, certificate, java, more)])
    async with harness.launched(command, plain, directory / f"{name}-{port}.log") as proxy:
        yield Contender(proxy, port)


def https(name, directory, plain, port, certificate, java=(), more="", loops=1):
    """A contender that speaks HTTP/1.1 and HTTP/2 over TLS too; `more` has lines that a peer is given."""
    if name == "nginx":
        lines = f"    listen 127.0.0.1:{port} ssl http2 backlog=4096;\n"
        lines += f"    ssl_certificate {certificate}/fullchain.pem;\n    ssl_certificate_key {certificate}/privkey.pem;\n"
        return nginx(directory, plain, loops, tls=lines + "    ssl_protocols TLSv1.2 TLSv1.3;\n" + more)
    if name == "haproxy":
        lines = f"  bind 127.0.0.1:{port} backlog 4096 ssl crt {certificate}/joined.haproxy alpn h2,http/1.1\n"
        return haproxy(directory, plain, loops, tls=lines + more)
    listen = f"http://127.0.0.1:{plain} https://127.0.0.1:{port}"
    settings = {
        "gateway.listen": listen,
        "gateway.tls.certificates": certificate,
        "gateway.hsts": "0s",
        "gateway.connections-per-client-max": 0,
    }
    return gateway(directory, plain, loops, [*java, *harness.options(settings)])


@contextlib.asynccontextmanager
async def cheap_workers(directory, files, groups=harness.GROUPS, ports=None, notifications="{}", uploads=None):
    """One nginx as all workers: it answers with the worker's name, and with files (name -> size).

    With `ports` (socket -> port) it listens there too. `notifications` is the JSON of a larger reply. `uploads` is the
    socket of another worker, which gets what is uploaded.
    """
    for name, size in files.items():
        with open(directory / name, "wb") as file:
            file.writelines(harness.content(size))
    (directory / "notifications").write_text(notifications)
    served = "".join(
        f"    location = {DOWNLOAD}{name} {{ default_type application/octet-stream; alias {directory}/{name}; }}\n"
        for name in files
    )
    # without a strong ETag, which forbids to compress
    served += f"    location = {NOTIFICATIONS} {{ default_type application/json; etag off; alias {directory}/notifications; }}\n"
    if uploads:
        passed = "proxy_http_version 1.1; proxy_request_buffering off; proxy_read_timeout 1h;"
        served += f"    location = {UPLOAD} {{ proxy_pass http://unix:{uploads}; {passed} }}\n"
    servers = (
        f"  server {{\n    listen unix:{directory}/{name} backlog=4096;\n{listens(name, ports)}{served}"
        f"    location / {{ return 200 '{{\"worker\":\"{pathlib.Path(name).stem}\","
        '"next_batch":"s72594_4483_1934","rooms":{}}\'; }\n  }'
        for name in harness.sockets(groups)
    )
    configuration = programs.filled(
        HERE / "compare-workers.conf", directory / "workers.conf", directory=directory, servers="\n".join(servers)
    )
    command = programs.nginx(directory, configuration)
    async with harness.Process(command, directory / "workers.log").running():
        yield


def listens(name, ports):
    return f"    listen 127.0.0.1:{ports[name]} backlog=4096;\n" if ports else ""
