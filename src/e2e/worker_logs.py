"""What Synapse's processes say they have served, each in its own log."""

import collections
import dataclasses
import re

SERVED = re.compile(
    r" synapse\.access\.http\.\S+ (?P<method>[A-Z]+)-(?P<id>[0-9a-f]{16,32}) .* - \S+ - \{(?P<who>[^}]*)\} "
    r'Processed request: .* (?P<status>\d{3})!? "(?P<request>.*) HTTP/1\.[01]" '
)
# how a process says that it is not the one to do this
WRONG_PLACE = re.compile(r"^(NotImplementedError|AssertionError)|instance that is not|Cannot handle \w+ \S+ on worker")
UNRECOGNIZED = re.compile(r" [A-Z]+-(?P<id>[0-9a-f]{16,32}) .*Unrecognized request")


@dataclasses.dataclass(frozen=True)
class Served:
    worker: str
    status: int
    request: str
    who: str


class WorkerLogs:
    """By the id that the front or the gateway gave each request."""

    def __init__(self, logs, names):
        self.served = collections.defaultdict(list)
        self.unrecognized = {}
        self.complaints = []
        for name in names:
            with open(logs / f"{name}.log", errors="replace") as lines:
                for line in lines:
                    self.read(name, line)

    def read(self, name, line):
        if found := SERVED.search(line):
            self.served[found["id"]].append(Served(name, int(found["status"]), found["request"], found["who"]))
        elif found := UNRECOGNIZED.search(line):
            self.unrecognized[found["id"]] = name
        elif WRONG_PLACE.search(line):
            self.complaints.append(f"{name}: {line.strip()}")
