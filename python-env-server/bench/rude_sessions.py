# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""A client process of soak.py whose sessions crash, hang and eat memory, and that checks what it is told of it."""

import threading
import time
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

import grpc
import numpy as np
from server_process import CALL_SECONDS, make_request, open_channel

from gymwire.codec import encode_value
from gymwire.v1 import environment_service_pb2 as pb
from gymwire.v1 import environment_service_pb2_grpc as pb_grpc

_CRASHES = ("exit_0", "exit_3", "sys_exit", "abort", "segv", "kill", "last_words")
_HANGS = ("loop", "wait_in_c", "stop")
_HUNGERS = ("eat", "eat_in_child", "eat_in_children")
# These may end their session, or not.
_MISCHIEFS = ("print", "close_descriptors", "scribble", "fork", "eat_in_background", "abandon")
_FAULTS = (*_CRASHES, *_HANGS, *_HUNGERS, *_MISCHIEFS)
_PLACES = ("constructor", "reset", "step", "info", "render", "snapshot", "close")

# A session that its client forgets goes after this.
_LEASE_SECONDS = 5.0
# A hang is found out at once when its time has come; the machine has other work.
_PATIENCE_SECONDS = 15.0

_OK = "OK"


class Outcome(NamedTuple):
    """How a rude session ended."""

    fault: str
    code: str
    problem: str = ""


def misbehave(
    connection: "Connection[Any, Any]", address: str, seed: int, threads: int, request_seconds: float, until: float
) -> None:
    """Makes rude sessions, some at a time, until a time of time.time(); sends Outcomes."""
    sending = threading.Lock()

    def work(i: int) -> None:
        rng = np.random.default_rng([seed, i])
        channel = open_channel(address)
        while time.time() < until:
            fault, place = str(rng.choice(_FAULTS)), str(rng.choice(_PLACES))
            outcome = _try(channel, fault, place, rng, request_seconds)
            with sending:
                connection.send(outcome)
        channel.close()

    workers = [threading.Thread(target=work, args=(i,)) for i in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    connection.close()


def _try(channel: grpc.Channel, fault: str, place: str, rng: np.random.Generator, request_seconds: float) -> Outcome:
    what = f"{fault} in {place}"
    began = time.monotonic()
    try:
        _lead(pb_grpc.EnvironmentServiceStub(channel), fault, place, rng)
        code, said = _OK, ""
    except grpc.RpcError as error:
        code, said = error.code().name, error.details() or ""
    took = time.monotonic() - began
    if not _is_right(fault, place, code, said):
        return Outcome(fault, code, f"{what} ended with {code}: {said}")
    if took > request_seconds + _PATIENCE_SECONDS:
        return Outcome(fault, code, f"{what} was answered after {took:.1f} s: {code}: {said}")
    return Outcome(fault, code)


def _lead(stub: pb_grpc.EnvironmentServiceStub, fault: str, place: str, rng: np.random.Generator) -> None:
    """Makes a session and leads it to the place where it goes wrong."""
    kwargs = {"fault": "none" if fault == "abandon" else fault}
    env_id = "Isolated/IllInSnapshot-v0" if place == "snapshot" else "Isolated/Ill-v0"
    if place != "snapshot":
        kwargs["place"] = place
    # Environments with a process of their own are given some seconds to close, and killed without a word.
    in_processes = place != "close" and rng.random() < 0.2
    vectorization = pb.VECTORIZATION_ASYNC if in_processes else pb.VECTORIZATION_SYNC
    mode = "rgb_array" if place == "render" else None
    request = make_request(env_id, kwargs, render_mode=mode, lease_seconds=_LEASE_SECONDS, vectorization=vectorization)
    session_id = stub.Make(request, timeout=CALL_SECONDS).session_id
    stub.Reset(pb.ResetRequest(session_id=session_id), timeout=CALL_SECONDS)
    step = pb.StepRequest(session_id=session_id, actions=encode_value(np.zeros(1, dtype=np.int64)))
    for _ in range(int(rng.integers(1, 20))):
        stub.Step(step, timeout=CALL_SECONDS)
    if place == "snapshot" and fault != "abandon":
        stub.Snapshot(pb.SnapshotRequest(session_id=session_id), timeout=CALL_SECONDS)
    elif place == "render":
        stub.Render(pb.RenderRequest(session_id=session_id), timeout=CALL_SECONDS)
    if fault != "abandon":
        stub.Close(pb.CloseRequest(session_id=session_id), timeout=CALL_SECONDS)


def _is_right(fault: str, place: str, code: str, said: str) -> bool:
    """Says whether a fault came to its right end."""
    if fault in _CRASHES:
        return code == "UNKNOWN"
    if fault in _HANGS:
        return code == "RESOURCE_EXHAUSTED" and "--request-seconds" in said
    if fault in _HUNGERS:
        return code == "RESOURCE_EXHAUSTED" and "--session-memory" in said
    if fault in ("print", "abandon"):
        # No snapshot can be taken of the environment with the odd generator.
        return code == _OK or (place == "snapshot" and code == "UNIMPLEMENTED")
    return code in (_OK, "UNKNOWN", "RESOURCE_EXHAUSTED", "NOT_FOUND", "UNIMPLEMENTED")
