"""What the gateway's process holds: threads, heap, live objects; and what its log complains of."""

import collections
import contextlib
import functools
import os
import pathlib
import re
import subprocess

import harness
from harness import programs
from harness.proxies import processor_times

# what there is one of for each connection or request; a leak of anything else hangs on one of these.
# A worker's pool on an event loop, and what it has, spare heads among it, are made when first needed, and stay; so do spare
# exchanges, which have no message. A list of sockets lives while the workers are looked at, which no request causes.
PER_REQUEST = re.compile(
    r"org\.synapsegateway\.(server|worker|http|request|loadbalance)"
    r"\.(?!WorkerPool|UnixDialler|ConnectQueue|ReplyHead|ListeningSockets)[\w.$]+"
    r"|org\.synapsegateway\.exchange\.HttpMessage"
    r"|io\.netty\.channel\.epoll\.Epoll(Socket|DomainSocket)Channel"
)


def threads(proxy):
    return len(os.listdir(f"/proc/{proxy.process.pid}/task"))


def compiler_seconds(proxy):
    """The processor seconds of each thread of the JVM's compilers so far, by its id."""
    tasks = pathlib.Path(f"/proc/{proxy.process.pid}/task")
    seconds = {}
    for task in tasks.iterdir():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # they end when there is nothing to compile
            if re.match(r"C[12] Compiler", (task / "comm").read_text()):
                seconds[task.name] = sum(processor_times(task))
    return seconds


def live_objects(proxy):
    """How many reachable objects there are of each class; collects all garbage first."""
    counts = collections.Counter()
    for line in jcmd(proxy, "GC.class_histogram").splitlines():
        found = re.match(r" *\d+: +(\d+) +(\d+) +(\S+)", line)
        if found:
            counts[found[3]] += int(found[1])
    return counts


def live_heap(proxy):
    """The bytes of all reachable objects."""
    return int(re.findall(r"^Total +\d+ +(\d+)", jcmd(proxy, "GC.class_histogram"), re.MULTILINE)[0])


def direct_memory(proxy):
    """The bytes of buffers outside of the heap; needs -XX:NativeMemoryTracking=summary."""
    other = re.search(r"Other \(reserved=(\d+)KB", jcmd(proxy, "VM.native_memory", "summary"))
    return int(other[1]) * harness.KIB if other else 0


# one for each group and worker that a request has gone to; an attack may be the first to go somewhere. Of budgets there is one
# for each worker, and a constant of a class that the first copy of a body loads
INTERNED = {
    "org.synapsegateway.request.Destination",
    "org.synapsegateway.request.ReplayBudget",
}


@functools.cache
def enums():
    """The enums among the gateway's classes: their constants are made when first needed, and stay."""
    sources = harness.ROOT / "src" / "main" / "java"
    names = set()
    for file in sources.rglob("*.java"):
        outer = ".".join(file.relative_to(sources).with_suffix("").parts)
        for name in re.findall(r"^ *(?:[a-z]+ )*enum (\w+)", file.read_text(), re.MULTILINE):
            names.add(outer if outer.endswith(f".{name}") else f"{outer}${name}")
    return names


def more_than(base, now):
    """The classes of which more objects live than at the base, with the difference."""
    grown = {
        name: count - base[name]
        for name, count in now.items()
        if PER_REQUEST.fullmatch(name) and name not in INTERNED | enums() and count > base[name]
    }
    return dict(sorted(grown.items()))


def jcmd(proxy, *command):
    return subprocess.run(
        [programs.java("jcmd"), str(proxy.process.pid), *command], capture_output=True, text=True, timeout=60
    ).stdout


def trim_native_heap(proxy):
    """Has the C library give back what it holds in reserve."""
    told = jcmd(proxy, "System.trim_native_heap")
    if "Trim native heap" not in told:
        raise harness.Failed(f"the native heap is not trimmed: {told}")


def complaints(proxy):
    """The lines of the log that no fault of others explains: errors, and what Netty finds leaking."""
    lines = proxy.log.read_text(errors="replace").splitlines()
    return [
        " | ".join(lines[number : number + 4])  # with the first frames of an exception
        for number, line in enumerate(lines)
        if " ERROR " in line or "LEAK" in line
    ]


def allocated(proxy):
    """The bytes of heap that the running threads have allocated so far, within a tenth of a percent."""
    units = {"B": 1, "K": harness.KIB, "M": harness.MIB, "G": harness.GIB}
    told = re.findall(r" allocated=(\d+)([BKMG])", jcmd(proxy, "Thread.print", "-e"))
    return sum(int(count) * units[unit] for count, unit in told)
