# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Measures what it costs to run each session in its own process, compared with --isolation none. Prints a table of
medians over interleaved runs.

With --most it measures how many CartPole sessions, each in its own process, fit into the machine's memory.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time

import grpc
import numpy as np
from server_process import (
    CALL_SECONDS,
    Server,
    Session,
    available_mib,
    cpu_seconds,
    make_request,
    open_channel,
    proportional_mib,
    sampler,
    tree,
)

from gymwire.v1 import environment_service_pb2 as pb
from gymwire.v1 import environment_service_pb2_grpc as pb_grpc

MODES = ("process", "none")
TASKS = (("CartPole-v1", 1), ("CartPole-v1", 8), ("HalfCheetah-v5", 1), ("HalfCheetah-v5", 8))
PAIR_TASK = ("HalfCheetah-v5", 8)

# --most stops when less memory than this is available, because other programs need memory too.
LEAST_AVAILABLE_MIB = 2048
MOST_STEP = 50

Figures = dict[str, float]


def measure(mode: str, steps: int, seconds: float) -> Figures:
    """Starts a server and returns its figures by name."""
    figures: Figures = {}
    with Server("--isolation", mode) as server:
        channel = open_channel(server.address)
        # A server's first sessions take longer. For example, with --isolation none they import the simulators.
        for env_id, n in (("CartPole-v1", 1), ("HalfCheetah-v5", 8)):
            Session(channel, env_id, n, False).close()
        for env_id, n in (("CartPole-v1", 1), ("HalfCheetah-v5", 8)):
            figures[f"Make, {env_id} x {n}, ms"] = 1e3 * make_seconds(channel, env_id, n)
        for env_id, n in TASKS:
            for streamed in (False, True):
                name = f"{'streamed' if streamed else 'unary'} step, {env_id} x {n}"
                wall, processor = step_seconds(server, channel, env_id, n, streamed, steps)
                figures[f"{name}, us"] = 1e6 * wall
                figures[f"{name}, processor time of the server's processes per step, us"] = 1e6 * processor
        for env_id, n in (("CartPole-v1", 1), ("HalfCheetah-v5", 8)):
            figures[f"memory of a session, {env_id} x {n}, MiB"] = session_mib(server, channel, env_id, n)
        one = throughput(server.address, 1, seconds)
        two = throughput(server.address, 2, seconds)
        env_id, n = PAIR_TASK
        figures[f"one session of {env_id} x {n}, steps/s"] = one
        figures[f"two sessions of {env_id} x {n}, steps/s"] = two
        figures["steps/s of two sessions relative to one session"] = two / one
        channel.close()
    return figures


def make_seconds(channel: grpc.Channel, env_id: str, n: int) -> float:
    """Returns the median time of a Make call, in seconds."""
    times = []
    for _ in range(10):
        began = time.perf_counter()
        session = Session(channel, env_id, n, False)
        times.append(time.perf_counter() - began)
        session.close()
    return statistics.median(times)


def step_seconds(
    server: Server, channel: grpc.Channel, env_id: str, n: int, streamed: bool, steps: int
) -> tuple[float, float]:
    """Returns the median round trip of a step, and the processor time of the server's processes per step, in
    seconds. Here, one step is a step of all environments of the session."""
    session = Session(channel, env_id, n, streamed)
    session.reset(0)
    draw = sampler(env_id, n, np.random.default_rng(0))
    actions = [draw() for _ in range(64)]
    times = []
    before = 0.0
    warm_up = steps // 10
    for i in range(warm_up + steps):
        if i == warm_up:
            before = cpu_seconds(tree(server.pid))
        began = time.perf_counter()
        session.step(actions[i % len(actions)])
        times.append(time.perf_counter() - began)
    processor = cpu_seconds(tree(server.pid)) - before
    session.close()
    return statistics.median(times[warm_up:]), processor / steps


def session_mib(server: Server, channel: grpc.Channel, env_id: str, n: int, count: int = 5) -> float:
    """Returns the MiB that a session adds to the server's processes, as `proportional_mib` counts them."""
    settle(server)
    before = proportional_mib(tree(server.pid))
    sessions = [Session(channel, env_id, n, False) for _ in range(count)]
    draw = sampler(env_id, n, np.random.default_rng(0))
    for session in sessions:
        session.reset(0)
        session.step(draw())
    settle(server)
    after = proportional_mib(tree(server.pid))
    for session in sessions:
        session.close()
    return (after - before) / count


def settle(server: Server) -> None:
    """Waits until the processes of the server have stayed the same for one second."""
    same, seen = 0, tree(server.pid)
    deadline = time.monotonic() + 30
    while same < 10:
        if time.monotonic() > deadline:
            sys.exit(f"after 30 s, the server still starts or ends processes: {seen}")
        time.sleep(0.1)
        now = tree(server.pid)
        same = same + 1 if now == seen else 0
        seen = now


def throughput(address: str, clients: int, seconds: float) -> float:
    """Returns the steps per second of all sessions together. Each client process steps one session. Here, one step is
    a step of all environments of a session."""
    command = [sys.executable, __file__, "--client", address, "--seconds", str(seconds)]
    pipe = subprocess.PIPE
    processes = [subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) for _ in range(clients)]
    try:
        for process in processes:
            assert process.stdout is not None
            if process.stdout.readline() != "ready\n":
                sys.exit("a client process did not get ready; its message is above")
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        return sum(float(process.communicate(timeout=seconds + CALL_SECONDS)[0]) for process in processes)
    finally:
        for process in processes:
            process.kill()
            process.wait()


def run_client(address: str, seconds: float) -> None:
    """Opens a session and prints "ready". After the line "go", steps the session and prints its steps per second."""
    env_id, n = PAIR_TASK
    channel = open_channel(address)
    session = Session(channel, env_id, n, True)
    session.reset(0)
    draw = sampler(env_id, n, np.random.default_rng(0))
    actions = [draw() for _ in range(64)]
    for each in actions:
        session.step(each)
    print("ready", flush=True)
    sys.stdin.readline()
    steps = 0
    began = time.perf_counter()
    while (passed := time.perf_counter() - began) < seconds:
        session.step(actions[steps % len(actions)])
        steps += 1
    session.close()
    channel.close()
    print(steps / passed)


def find_most(seconds: float) -> None:
    """Opens sessions until a request fails, memory is short or the time is over. Prints the number of sessions, and
    why it stopped."""
    limits = ("--max-sessions", "100000", "--max-envs", "100000", "--max-streams", "64")
    with Server("--isolation", "process", *limits) as server:
        channel = open_channel(server.address)
        stub = pb_grpc.EnvironmentServiceStub(channel)
        before = available_mib()
        began = time.monotonic()
        ids: list[str] = []
        times: list[float] = []
        reason = ""
        while not reason:
            try:
                for _ in range(MOST_STEP):
                    asked = time.perf_counter()
                    made = stub.Make(make_request("CartPole-v1", {}, lease_seconds=3600.0), timeout=CALL_SECONDS)
                    times.append(time.perf_counter() - asked)
                    ids.append(made.session_id)
                    stub.Reset(pb.ResetRequest(session_id=made.session_id, seed=0), timeout=CALL_SECONDS)
            except grpc.RpcError as error:
                reason = f"a request failed: {error.code().name}: {error.details()}"
            left = available_mib()
            print(
                f"{len(ids)} sessions, {left:.0f} MiB available, "
                f"{(before - left) / max(1, len(ids)):.1f} MiB of the machine's memory each, "
                f"{1e3 * statistics.median(times[-MOST_STEP:] or [0.0]):.1f} ms a Make",
                flush=True,
            )
            if left < LEAST_AVAILABLE_MIB:
                reason = reason or f"less than {LEAST_AVAILABLE_MIB} MiB are available"
            if time.monotonic() - began > seconds:
                reason = reason or f"{seconds:g} s have passed"
        print(f"the most: {len(ids)} sessions; {reason}")
        # Checks that the first and the last session still answer.
        for session_id in ids[:1] + ids[-1:]:
            stub.Reset(pb.ResetRequest(session_id=session_id, seed=0), timeout=CALL_SECONDS)
        channel.close()
        below = tree(server.pid)
        began = time.monotonic()
    print(f"the server ended in {time.monotonic() - began:.1f} s")
    deadline = time.monotonic() + 30
    while left_over := [pid for pid in below if os.path.exists(f"/proc/{pid}")]:
        if time.monotonic() > deadline:
            sys.exit(f"{len(left_over)} processes still run after the end of the server: {left_over[:10]}")
        time.sleep(0.1)


def print_table(runs: dict[str, list[Figures]]) -> None:
    """Prints the median of each figure in each mode, and the ratio of the two medians."""
    print(f"| median of {len(runs[MODES[0]])} runs | {' | '.join(f'--isolation {mode}' for mode in MODES)} | ratio |")
    print("|---|---|---|---|")
    for name in runs[MODES[0]][0]:
        medians = [statistics.median(run[name] for run in runs[mode]) for mode in MODES]
        shown = [f"{value:,.0f}" if value >= 100 else f"{value:.2f}" for value in medians]
        ratio = f"{medians[0] / medians[1]:.2f}" if medians[1] else "-"
        print(f"| {name} | {' | '.join(shown)} | {ratio} |")


def main() -> None:
    """Runs the measurements."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="number of runs of each mode; default: %(default)s")
    parser.add_argument(
        "--steps",
        type=int,
        default=2000,
        help="number of timed steps of each task, with unary calls and again on a stream; default: %(default)s",
    )
    parser.add_argument(
        "--seconds", type=float, default=5.0, help="seconds of each throughput measurement; default: %(default)s"
    )
    parser.add_argument("--most", action="store_true", help="open as many sessions as fit into memory")
    parser.add_argument(
        "--most-seconds", type=float, default=600.0, help="maximum duration of --most, in seconds; default: %(default)s"
    )
    parser.add_argument("--client", metavar="ADDRESS", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.client:
        run_client(options.client, options.seconds)
    elif options.most:
        find_most(options.most_seconds)
    else:
        runs: dict[str, list[Figures]] = {mode: [] for mode in MODES}
        for i in range(options.runs):
            for mode in MODES:
                runs[mode].append(measure(mode, options.steps, options.seconds))
                print(f"run {i + 1} of {options.runs} with --isolation {mode} is done", file=sys.stderr, flush=True)
        print_table(runs)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
