# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""A Slurm cluster of two nodes on this machine, for tests.

    slurm_cluster.py DIRECTORY

The script needs root, and these Debian packages: slurmctld, slurmd, slurm-client, slurm-wlm-basic-plugins, munge,
iproute2 and util-linux. The script and its daemons run in a separate network namespace. There, the nodes have addresses
that are not loopback addresses. The script prints "ready PID" when both nodes are idle. To use the cluster, start a
program with nsenter --net=/proc/PID/ns/net and with SLURM_CONF=DIRECTORY/slurm.conf. The script ends when its standard
input ends.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

NODES = {"n1": "10.77.0.1", "n2": "10.77.0.2"}
CONTROL_PORT = 46817
CORES = 4  # the number of cores of each node in Slurm's configuration
TIMEOUT = 60.0  # seconds
INSIDE = "GYMWIRE_TEST_CLUSTER"

CONFIGURATION = """
ClusterName=gymwire
SlurmctldHost={host}({address})
SlurmctldPort={port}
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={directory}/munge.socket
MailProg=/bin/true
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SlurmdParameters=config_overrides
ReturnToService=2
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
StateSaveLocation={directory}/state
SlurmctldPidFile={directory}/slurmctld.pid
SlurmctldLogFile={directory}/slurmctld.log
SlurmdSpoolDir={directory}/spool-%n
SlurmdPidFile={directory}/slurmd-%n.pid
SlurmdLogFile={directory}/slurmd-%n.log
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def main() -> None:
    if INSIDE not in os.environ:
        os.environ[INSIDE] = "1"
        os.execvp("unshare", ["unshare", "--net", sys.executable, *sys.argv])
    directory = Path(sys.argv[1]).resolve()
    daemons: list[subprocess.Popen[bytes]] = []
    try:
        start(directory, daemons)
        print("ready", os.getpid(), flush=True)
        sys.stdin.read()
    finally:
        for daemon in reversed(daemons):
            daemon.terminate()
            daemon.wait()


def start(directory: Path, daemons: list[subprocess.Popen[bytes]]) -> None:
    """Starts the daemons and adds them to the list one by one, so that they can be ended even if a later step fails."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for address in NODES.values():
        subprocess.run(["ip", "address", "add", f"{address}/32", "dev", "lo"], check=True)
    for name in ("state", "spool-n1", "spool-n2"):
        (directory / name).mkdir(parents=True)
    host = socket.gethostname()
    text = CONFIGURATION.format(host=host, address=NODES["n1"], port=CONTROL_PORT, directory=directory)
    for i, (name, address) in enumerate(NODES.items()):
        port = CONTROL_PORT + 1 + i
        text += f"NodeName={name} NodeHostname={host} NodeAddr={address} Port={port} CPUs={CORES} State=UNKNOWN\n"
    configuration = directory / "slurm.conf"
    configuration.write_text(text)
    os.environ["SLURM_CONF"] = str(configuration)

    key = directory / "munge.key"
    key.touch(mode=0o600)
    key.write_bytes(os.urandom(128))
    files = [f"--{name}-file={directory}/munge.{name}" for name in ("pid", "log", "seed")]
    socket_file = directory / "munge.socket"
    launch(daemons, directory, "munged", "--foreground", "--force", f"--key-file={key}", f"--socket={socket_file}", *files)
    wait_for(socket_file.exists, "munged makes no socket")
    launch(daemons, directory, "slurmctld", "-D", "-c")
    for name in NODES:
        launch(daemons, directory, "slurmd", "-D", "-c", "-N", name)
    wait_for(lambda: output_of("sinfo", "-h", "-o", "%D %T") == "2 idle", "the nodes are not idle")


def launch(daemons: list[subprocess.Popen[bytes]], directory: Path, *command: str) -> None:
    # The daemon ends with this process, even if this process is killed.
    keeper = ["setpriv", "--pdeathsig", "TERM"]
    with (directory / "daemons.log").open("ab") as log:
        daemons.append(
            subprocess.Popen([*keeper, *command], stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        )


def output_of(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def wait_for(condition: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + TIMEOUT
    while not condition():
        if time.monotonic() > deadline:
            sys.exit(f"{otherwise} after {TIMEOUT:.0f} s")
        time.sleep(0.1)


signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
main()
