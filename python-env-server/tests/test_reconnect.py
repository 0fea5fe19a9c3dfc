# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""A session continues after its stream ends: a request repeated on a new stream is carried out once."""

import numpy as np
import pytest
from client import Client, Stream, make_request, observations

from gymwire.codec import encode_value
from gymwire.v1 import environment_service_pb2 as pb

# The observation of this environment is [position, number of steps since the environment was made]. So the tests can
# detect a step that was carried out twice.
COUNTING = "Faulty/WellBehaved-v0"


def begin(stream: Stream) -> str:
    made = stream.ask(make=make_request(COUNTING))
    stream.ask(reset=pb.ResetRequest(session_id=made.session_id, step_number=1, seed=0))
    return str(made.session_id)


def step(session_id: str, number: int) -> pb.StepRequest:
    return pb.StepRequest(session_id=session_id, step_number=number, actions=encode_value(np.array([1])))


@pytest.mark.parametrize("answered", [True, False])
def test_a_step_that_is_repeated_on_a_new_stream_is_carried_out_once(client: Client, answered: bool) -> None:
    old = client.stream()
    session_id = begin(old)
    old.send(step=step(session_id, 2))
    if answered:
        first = old.receive().step
    old.call.cancel()
    new = client.stream()
    again = new.ask(step=step(session_id, 2))
    assert observations(again)[0, 1] == 1
    if answered:
        assert again == first
    assert observations(new.ask(step=step(session_id, 3)))[0, 1] == 2


def test_a_session_continues_with_unary_calls_after_its_stream_ends(client: Client) -> None:
    stream = client.stream()
    session_id = begin(stream)
    stream.call.cancel()
    assert observations(client.step(session_id, np.array([1]), step_number=2))[0, 1] == 1
    client.close_session(session_id)


def test_a_reset_that_is_repeated_on_a_new_stream_is_carried_out_once(client: Client) -> None:
    old, twin = client.stream(), client.stream()
    session_id, twin_id = begin(old), begin(twin)
    old.send(reset=pb.ResetRequest(session_id=session_id, step_number=2))
    old.call.cancel()
    new = client.stream()
    again = new.ask(reset=pb.ResetRequest(session_id=session_id, step_number=2))
    assert again == twin.ask(reset=pb.ResetRequest(session_id=twin_id, step_number=2))
    # Each reset draws a random position. If the repeated reset had been carried out twice, the answers to the next
    # resets would differ.
    assert new.ask(reset=pb.ResetRequest(session_id=session_id, step_number=3)) == twin.ask(
        reset=pb.ResetRequest(session_id=twin_id, step_number=3)
    )
