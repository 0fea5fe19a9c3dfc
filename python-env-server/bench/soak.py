# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Runs rude sessions, which for example crash, hang or use up memory, next to well-behaved sessions. Checks that the
well-behaved sessions are not affected.

Every step of a well-behaved session is compared, bit for bit, with a local step. The exit code is 1 if a step differs,
if a well-behaved session waits too long, if the server uses clearly more resources at the end than at the start, or if
the server or a client fails in another way. The program prints its progress.
"""

import argparse
import multiprocessing
import sys
import time
from collections import Counter
from multiprocessing.connection import Connection, wait
from typing import Any, NamedTuple

import numpy as np
from rude_sessions import FAULTS, Outcome, Rude, misbehave
from server_process import Server, Session, descriptors, direct_children, open_channel, resident_mib, tree
from well_behaved import Report, Well, behave

WELL = (
    Well("CartPole-v1", 4, False),
    Well("CartPole-v1", 4, True),
    Well("HalfCheetah-v5", 8, False),
    Well("HalfCheetah-v5", 8, True),
)

# Within this time after the last session, all leases must expire and all processes of sessions must end.
_RETURN_SECONDS = 60.0
# A rude session sends at most 23 requests. Its time limit (see `run`) allows that _REQUESTS_WITH_A_WAIT of them take
# --longest-wait seconds each.
_REQUESTS_WITH_A_WAIT = 5
# The number of gRPC's own descriptors varies by a few.
_SLACK_DESCRIPTORS = 8


class Holdings(NamedTuple):
    """The resources that the server uses."""

    front_mib: float
    """The resident memory of the front process, to which clients connect."""
    pool_mib: float
    """The resident memory of the front process's direct children."""
    processes: int
    """The number of processes: the front process and its descendants."""
    descriptors: int
    """The number of open descriptors of the front process and its direct children."""

    def __str__(self) -> str:
        return (
            f"front {self.front_mib:.0f} MiB, pool {self.pool_mib:.0f} MiB, {self.processes} processes, "
            f"{self.descriptors} descriptors"
        )


class Tally:
    """The sums of the clients' reports."""

    def __init__(self) -> None:
        self.steps: Counter[str] = Counter()
        self.waits: list[float] = []  # seconds
        self.longest: dict[str, float] = {}  # seconds, by kind of request
        self.outcomes: Counter[str] = Counter()
        self.problems: list[str] = []

    def add(self, message: Report | Outcome) -> None:
        """Adds one report."""
        if isinstance(message, Outcome):
            self.outcomes[f"{message.fault}: {message.code}"] += 1
        else:
            self.steps[message.who] += message.steps
            for kind, waits in message.waits.items():
                self.waits.extend(waits)
                self.longest[kind] = max([self.longest.get(kind, 0.0), *waits])
        if message.problem:
            self.problems.append(message.problem)
            print(f"PROBLEM: {message.problem}", flush=True)


def holdings(pid: int) -> Holdings:
    """Returns the resources that a server uses."""
    pool = direct_children(pid)
    return Holdings(
        front_mib=resident_mib(pid),
        pool_mib=sum(map(resident_mib, pool)),
        processes=len(tree(pid)),
        descriptors=sum(map(descriptors, [pid, *pool])),
    )


def run(server: Server, options: argparse.Namespace) -> list[str]:
    """Runs all sessions and returns the problems."""
    _warm_up(server)
    before = holdings(server.pid)
    print(f"at the start: {before}", flush=True)
    tally = Tally()
    until = time.time() + 60.0 * options.minutes
    # Each client has its own interpreter, so that no client makes another one wait.
    context = multiprocessing.get_context("spawn")
    connections: list[Connection[Any, Any]] = []
    processes = []

    def start(target: Any, *arguments: Any) -> None:
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=target, args=(theirs, server.address, *arguments), daemon=True)
        process.start()
        theirs.close()
        connections.append(ours)
        processes.append(process)

    for i, well in enumerate(WELL):
        start(behave, well, options.seed + i, options.pace_ms / 1e3, until)
    # The time limit of a rude session: one request may take --request-seconds, and a few may take --longest-wait each.
    longest = options.request_seconds + _REQUESTS_WITH_A_WAIT * options.longest_wait
    start(misbehave, options.seed, Rude(options.faults, options.rude, longest), until)
    _collect(server, connections, tally, until)
    for process in processes:
        process.join(30)
        if process.exitcode is None:
            tally.problems.append("a client process did not end within 30 s")
            process.kill()
        elif process.exitcode:
            tally.problems.append(f"a client process ended with exit code {process.exitcode}; its traceback is above")
    after = _wait_for_return(server.pid, before)
    print(f"at the end: {after}", flush=True)
    return [*tally.problems, *_judge(tally, before, after, options)]


def _warm_up(server: Server) -> None:
    # The server keeps resources that its first sessions needed, so sessions run before the first measurement.
    processes = len(tree(server.pid))
    channel = open_channel(server.address)
    for well in WELL:
        sessions = [Session(channel, well.env_id, well.n, well.streamed) for _ in range(4)]
        for session in sessions:
            session.reset(0)
            session.close()
    channel.close()
    deadline = time.monotonic() + _RETURN_SECONDS
    while len(tree(server.pid)) > processes and time.monotonic() < deadline:
        time.sleep(0.1)


def _collect(server: Server, connections: list["Connection[Any, Any]"], tally: Tally, until: float) -> None:
    began = reported = time.time()
    open_ones = list(connections)
    while open_ones:
        for connection in wait(open_ones, 1.0):
            assert isinstance(connection, Connection)
            try:
                tally.add(connection.recv())
            except EOFError:
                open_ones.remove(connection)
        if time.time() - reported >= 60.0:
            reported += 60.0
            print(
                f"{(time.time() - began) / 60:.0f} min: {holdings(server.pid)}; {tally.steps.total()} steps, "
                f"{tally.outcomes.total()} rude sessions; {_distribution(tally.waits)}",
                flush=True,
            )
        if server.process.poll() is not None:
            tally.problems.append(f"the server ended with exit code {server.process.returncode}: {server.errors()}")
            return
        if time.time() > until + 300.0:
            tally.problems.append("the clients did not end within 5 minutes after the planned end")
            return


def _wait_for_return(pid: int, before: Holdings) -> Holdings:
    """Waits until a server has as few processes as before, and at most _SLACK_DESCRIPTORS more descriptors. Waits at
    most _RETURN_SECONDS. Returns the resources that the server uses then."""
    deadline = time.monotonic() + _RETURN_SECONDS
    while True:
        now = holdings(pid)
        returned = now.processes <= before.processes and now.descriptors <= before.descriptors + _SLACK_DESCRIPTORS
        if returned or time.monotonic() > deadline:
            return now
        time.sleep(0.5)


def _distribution(waits: list[float]) -> str:
    if not waits:
        return "no waits"
    median, p99, p999 = 1e3 * np.quantile(waits, [0.5, 0.99, 0.999])
    return f"waits in ms: median {median:.1f}, p99 {p99:.1f}, p99.9 {p999:.1f}, max {1e3 * max(waits):.1f}"


def _judge(tally: Tally, before: Holdings, after: Holdings, options: argparse.Namespace) -> list[str]:
    print(f"steps of the well-behaved sessions, all compared: {dict(tally.steps)}")
    print(_distribution(tally.waits))
    longest = {kind: round(1e3 * seconds, 1) for kind, seconds in sorted(tally.longest.items())}
    print(f"longest wait in ms by request: {longest}")
    print("how the rude sessions ended:")
    for outcome, count in sorted(tally.outcomes.items()):
        print(f"  {outcome}: {count}")
    problems = []
    if len(+tally.steps) < len(WELL) or (options.rude and not tally.outcomes):
        problems.append("at least one client has reported nothing")
    if tally.waits and max(tally.waits) > options.longest_wait:
        problems.append(f"a well-behaved request waited {max(tally.waits):.2f} s, more than {options.longest_wait:g} s")
    if after.processes > before.processes:
        problems.append(f"{before.processes} processes became {after.processes}")
    if after.descriptors > before.descriptors + _SLACK_DESCRIPTORS:
        problems.append(f"{before.descriptors} descriptors became {after.descriptors}")
    for name, then, now in (
        ("front process", before.front_mib, after.front_mib),
        ("pool", before.pool_mib, after.pool_mib),
    ):
        if now > then + options.most_growth:
            problems.append(f"the memory of the {name} grew from {then:.0f} to {now:.0f} MiB")
    return problems


def main() -> int:
    """Runs the soak; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=15.0, help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=0, help="seed of the sessions' choices; default: %(default)s")
    parser.add_argument("--rude", type=int, default=4, help="number of rude sessions at a time; default: %(default)s")
    parser.add_argument("--faults", metavar="FAULT", nargs="+", choices=FAULTS, default=FAULTS, help="default: all")
    parser.add_argument(
        "--pace-ms",
        type=float,
        default=20.0,
        help="pause between two steps of a well-behaved session; default: %(default)s",
    )
    parser.add_argument(
        "--request-seconds", type=float, default=10.0, help="the server's time limit of a request; default: %(default)s"
    )
    parser.add_argument(
        "--session-memory", type=int, default=600, help="memory limit of a session in MiB; default: %(default)s"
    )
    parser.add_argument(
        "--longest-wait",
        type=float,
        default=3.0,
        help="longest allowed wait of a well-behaved session in s; default: %(default)s",
    )
    parser.add_argument(
        "--most-growth", type=float, default=64.0, help="allowed growth of the memory in MiB; default: %(default)s"
    )
    options = parser.parse_args()
    arguments = ("--request-seconds", f"{options.request_seconds:g}", "--session-memory", str(options.session_memory))
    with Server("--import", "isolated_envs", *arguments) as server:
        problems = run(server, options)
    for problem in problems:
        print(f"FAILED: {problem}")
    print("FAILED" if problems else "PASSED")
    return 1 if problems else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
