"""The shipped routes, of which that of the syncs is changed while they serve."""

import os

import harness

FIELD = "X-Generation"


class Routes:
    """A copy of them; the route of the syncs adds a field to its replies once it has been changed."""

    def __init__(self, directory):
        self.java = harness.routes(directory)
        self.settings = dict(option.removeprefix("-D").split("=", 1) for option in self.java)
        self.file = directory / "sync.camel.yaml"
        self.plain = self.file.read_text()

    def change(self, number):
        next_route = "- route:\n    id: events\n"
        step = f'        - setHeader:\n            name: {FIELD}\n            constant: "{number}"\n'
        text = self.plain.replace(next_route, step + next_route)
        # renamed, so that half a file is never read
        new = self.file.with_suffix(".new")
        new.write_text(text)
        os.replace(new, self.file)


async def has_taken_effect(port, number):
    """By a new connection: one that is kept may still belong to what was before."""
    async with harness.Client.to(port) as client:
        await client.get("/_matrix/client/v3/sync?since=s0")
        return client.field(FIELD) == str(number)
