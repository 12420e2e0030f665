"""The nginx that the gateway replaces, in front of this Synapse."""

import collections
import pathlib

from harness import programs
from nginx import nginx

GROUPS_OF_SEVERAL = ("initial_sync", "normal_sync", "event_creator")


def reference(stage, directory, port):
    """The process. Its site is a file of its own, site.conf, as admins have it."""
    directory.mkdir()
    programs.filled(
        pathlib.Path(__file__).parent / "site.conf",
        directory / "site.conf",
        port=port,
        upstreams=upstreams(stage.synapse),
    )
    return nginx("reference", directory, stage.logs)


def upstreams(synapse):
    groups = collections.defaultdict(list)
    for name in synapse.processes:
        group = name.rstrip("0123456789")
        groups[group if group in GROUPS_OF_SEVERAL else name].append(synapse.inbound(name))
    return programs.nginx_upstreams(groups, keepalive="keepalive 10;")
