"""Prints what Synapse's own servlets say that a generic worker serves: a method and a path expression a line.

As synapse._scripts.generate_workers_map does, whose simplified expressions match too much.
"""

import sys

import yaml
from synapse._scripts.generate_workers_map import get_registered_paths_for_default
from synapse.config.homeserver import HomeServerConfig


def main():
    config = HomeServerConfig()
    with open(sys.argv[1]) as file:
        config.parse_config_dict(yaml.safe_load(file), "", "")
    for method, pattern in get_registered_paths_for_default("synapse.app.generic_worker", config):
        print(f"{method}\t{pattern}")


if __name__ == "__main__":
    main()
