"""Imitations of Synapse's workers on other hosts, which are addresses of the loopback network, and a DNS server that knows them."""

import asyncio
import pathlib
import signal
from collections.abc import Mapping

from harness import programs
from harness.process import Process, free_port
from harness.report import Failed
from harness.worker import Worker


class TcpWorker(Worker):
    """A worker on a port of an address, which answers held requests when their time is over."""

    on_time = True

    def __init__(self, name: str, address: str, port: int) -> None:
        super().__init__(pathlib.Path(name))
        self.name = name
        self.address = address
        self.port = port

    async def start(self, backlog: int = 50) -> None:
        self.server = await asyncio.start_server(self.serve, self.address, self.port, backlog=backlog)


class Dns(Process):
    """dnsmasq on a port of its own. It knows the names that it is told, all below one domain, and no others."""

    def __init__(self, directory: pathlib.Path, domain: str, ttl: int) -> None:
        program = programs.which("dnsmasq")
        if not program:
            raise Failed("dnsmasq is missing: install it with  apt-get install dnsmasq-base")
        self.hosts = directory / "hosts"
        self.hosts.touch()
        port = free_port()
        self.address = f"127.0.0.1:{port}"
        options = f"--keep-in-foreground --port={port} --listen-address=127.0.0.1 --bind-interfaces --no-resolv --no-hosts"
        options += f" --addn-hosts={self.hosts} --local-ttl={ttl} --local=/{domain}/ --user= --pid-file="
        super().__init__([program, "--conf-file=/dev/null", *options.split()], directory / "dnsmasq.log")

    def tell(self, addresses: Mapping[str, str]) -> None:
        """What it says from now on: name -> address."""
        self.hosts.write_text("".join(f"{address} {name}\n" for name, address in addresses.items()))
        if self.started:
            self.started.send_signal(signal.SIGHUP)
