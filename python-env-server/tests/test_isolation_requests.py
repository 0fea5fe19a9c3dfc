# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Limits for requests to a session with its own process, and for their answers. After a refusal the session goes on.
After a step with an answer that is too large, the session ends."""

import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import grpc
import numpy as np
import pytest
from client import DEADLINE_SECONDS, Client, ServerProcess, refusal
from isolated_sessions import reset_info, step_request
from process_usage import wait_until

from gymwire.codec import encode_dict, encode_value
from gymwire.v1 import environment_service_pb2 as pb
from gymwire.v1 import value_pb2

Code = grpc.StatusCode
Connect = Callable[..., Client]


@pytest.fixture
def connect() -> Iterator[Connect]:
    with ExitStack() as ends:

        def start_one(*arguments: str) -> Client:
            server = ServerProcess(*arguments, "--log-file", os.devnull)
            ends.callback(server.kill)
            assert server.address, "the server did not start; run it by hand to see why"
            client = Client(server.address)
            ends.callback(client.close)
            return client

        yield start_one


def test_a_session_has_at_most_eight_waiting_requests(connect: Connect) -> None:
    client = connect("--import", "isolated_envs")
    made = client.make("Isolated/Ill-v0", kwargs={"fault": "stop", "place": "step"})
    pid = int(reset_info(client, made.session_id, "pid"))
    # The first step stops the process, so eight steps wait and one is refused.
    calls = [client.stub.Step.future(step_request(made.session_id), timeout=DEADLINE_SECONDS) for _ in range(10)]
    assert wait_until(lambda: any(call.done() for call in calls))
    (refused,) = [call for call in calls if call.done()]
    code, detail = refusal(refused.result)
    assert code is Code.RESOURCE_EXHAUSTED
    assert "8 requests of the session" in detail.message
    assert detail.session_alive

    def all_are_done() -> bool:
        # Each step stops the process, so each call of this function lets the process continue.
        os.kill(pid, signal.SIGCONT)
        return all(call.done() for call in calls)

    assert wait_until(all_are_done)
    assert Counter(call.code() for call in calls) == {Code.OK: 9, Code.RESOURCE_EXHAUSTED: 1}


def test_an_answer_that_is_too_large_for_a_message_is_refused(connect: Connect) -> None:
    client = connect("--import", "odd_envs", "--allow-call", "--max-message-mib", "1")
    made = client.make("Odd/Number-v0")
    level = value_pb2.ValueList(values=[encode_value("x" * 600_000)])
    client.stub.Call(pb.CallRequest(session_id=made.session_id, name="level", set=level), timeout=DEADLINE_SECONDS)
    # The result is the text twice, which is longer than 1 MiB.
    twice = pb.CallArguments(args=[encode_value(2)], kwargs=encode_dict({"offset": ""}))
    request = pb.CallRequest(session_id=made.session_id, name="scale", call=twice)
    code, detail = refusal(lambda: client.stub.Call(request, timeout=DEADLINE_SECONDS))
    assert code is Code.RESOURCE_EXHAUSTED
    assert "a message may have at most 1048576 bytes" in detail.message
    assert "--max-message-mib" in detail.message
    assert detail.session_alive
    client.reset(made.session_id, seed=0)
    client.step(made.session_id, np.zeros(1, dtype=np.int64))


def test_a_step_with_an_answer_that_is_too_large_for_a_message_ends_the_session(connect: Connect) -> None:
    client = connect("--import", "odd_envs", "--max-message-mib", "1")
    session = client.make("Odd/Growing-v0").session_id
    client.reset(session)
    client.step(session, np.zeros(1, dtype=np.int64))
    code, detail = refusal(lambda: client.step(session, np.zeros(1, dtype=np.int64)))
    assert code is Code.RESOURCE_EXHAUSTED
    assert "a message may have at most 1048576 bytes. The session ends" in detail.message
    assert not detail.session_alive
