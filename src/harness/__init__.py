"""What the evidence scripts of src/bench and src/e2e share: workers, proxies, a client and a report.

Python's standard library alone. All traffic stays on the loopback address and on UNIX sockets,
every wait has an end, and processes are stopped by the id with which they were started.
"""

from harness.bodies import BLOCK, content, digest, token
from harness.certificates import TestAuthority, self_signed
from harness.client import Client
from harness.constants import GIB, JAR, KIB, MIB, ROOT
from harness.jar import command, gateway, lay, options, routes
from harness.process import Process, accepts, free_port, free_ports, until
from harness.proxies import Proxy, launched, memory, proxy
from harness.report import Failed, Report
from harness.script import allow_all_descriptors, arguments, run
from harness.worker import GROUPS, Unread, Worker, reply_head, sockets, sockets_of, temporary_directory, workers

__all__ = [
    "BLOCK",
    "GIB",
    "GROUPS",
    "JAR",
    "KIB",
    "MIB",
    "ROOT",
    "Client",
    "Failed",
    "Process",
    "Proxy",
    "Report",
    "TestAuthority",
    "Unread",
    "Worker",
    "accepts",
    "allow_all_descriptors",
    "arguments",
    "command",
    "content",
    "digest",
    "free_port",
    "free_ports",
    "gateway",
    "launched",
    "lay",
    "memory",
    "options",
    "proxy",
    "reply_head",
    "routes",
    "run",
    "self_signed",
    "sockets",
    "sockets_of",
    "temporary_directory",
    "token",
    "until",
    "workers",
]
