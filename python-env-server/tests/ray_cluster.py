# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""A Ray cluster of a head and two nodes on this machine, for tests.

    ray_cluster.py DIRECTORY

Run this script with a Python that has Ray. The script needs root, and Debian's packages iproute2 and util-linux. Ray
listens on all interfaces, so everything runs in a separate network namespace. There each node has its own address.
Once the cluster runs, the script prints "ready PID NODE1 NODE2": its own process id and the process ids of the nodes.
`nsenter --net=/proc/PID/ns/net COMMAND` starts a command that can reach the cluster. The cluster ends when the
standard input ends. Ray's files are in DIRECTORY. The path of DIRECTORY must be short: Ray makes sockets in DIRECTORY,
and Linux allows at most 107 bytes for a socket's path.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

HEAD = "10.78.0.1"
NODES = ("10.78.0.2", "10.78.0.3")
ADDRESS = f"{HEAD}:6379"
PATIENCE = 120.0  # seconds
INSIDE = "GYMWIRE_TEST_CLUSTER"
# With two CPUs, one node has room for the servers of both nodes when the other node is lost.
NODE = ["--num-cpus=2", "--object-store-memory=80000000", "--disable-usage-stats", "--block"]


def main() -> None:
    if INSIDE not in os.environ:
        os.environ[INSIDE] = "1"
        os.execvp("unshare", ["unshare", "--net", sys.executable, *sys.argv])
    directory = Path(sys.argv[1]).resolve()
    started: list[subprocess.Popen[bytes]] = []
    try:
        start(directory, started)
        print("ready", os.getpid(), *(node.pid for node in started[1:]), flush=True)
        sys.stdin.read()
    finally:
        for each in started:
            # Kills the process and its child processes. If it ended early, there may be no process to kill.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(each.pid, signal.SIGKILL)
            each.wait()


def start(directory: Path, started: list[subprocess.Popen[bytes]]) -> None:
    """Starts the head and the nodes. Appends each process to `started` immediately, so that main() ends it after an
    error."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for address in (HEAD, *NODES):
        subprocess.run(["ip", "address", "add", f"{address}/32", "dev", "lo"], check=True)
    head = ["--head", "--port=6379", "--include-dashboard=false", f"--temp-dir={directory}"]
    # The head has no CPUs, so no server runs on it.
    launch(started, directory, f"--node-ip-address={HEAD}", *head, *NODE, "--num-cpus=0")
    for address in NODES:
        launch(started, directory, f"--node-ip-address={address}", f"--address={ADDRESS}", *NODE)


def launch(started: list[subprocess.Popen[bytes]], directory: Path, *arguments: str) -> None:
    """Starts the head or a node and waits until it runs."""
    ray = Path(sys.executable).with_name("ray")
    log = directory / f"node{len(started)}.log"
    with log.open("wb") as output:
        started.append(
            subprocess.Popen(
                [ray, "start", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                # A busy machine may need longer than Ray's limit of half a minute.
                env=dict(os.environ, RAY_raylet_start_wait_time_s=f"{PATIENCE:.0f}"),
            )
        )
    deadline = time.monotonic() + PATIENCE
    while "block forever" not in log.read_text():
        if time.monotonic() > deadline or started[-1].poll() is not None:
            sys.exit(f"ray start {' '.join(arguments)} ended, or needed more than {PATIENCE:g} s; see {log}")
        time.sleep(0.1)


signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
main()
