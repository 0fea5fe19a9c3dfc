# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Snapshot and Restore: a restored session goes on bit for bit like the original, even on another server."""

from collections.abc import Iterator
from typing import Any

import grpc
import numpy as np
import pytest
from client import Client, ServerProcess, observations
from gymnasium_at_hand import TAXI
from snapshot_runs import N, Runs, without_number

from gymwire.codec import decode_value, encode_dict, encode_value
from gymwire.server.opengl import choose_opengl, missing_opengl
from gymwire.v1 import environment_service_pb2 as pb

BEFORE, AFTER = 37, 120

SUPPORTED: list[tuple[str, dict[str, Any]]] = [
    ("Ant-v5", {}),
    ("HalfCheetah-v5", {}),
    ("Hopper-v5", {}),
    ("Humanoid-v5", {}),
    ("HumanoidStandup-v5", {}),
    ("InvertedDoublePendulum-v5", {}),
    ("InvertedPendulum-v5", {}),
    ("Pusher-v5", {}),
    ("Reacher-v5", {}),
    ("Swimmer-v5", {}),
    ("Walker2d-v5", {}),
    ("Ant-v5", {"include_cfrc_ext_in_observation": False, "frame_skip": 3}),
    ("CartPole-v0", {}),
    ("CartPole-v1", {"sutton_barto_reward": True}),
    ("Acrobot-v1", {}),
    ("MountainCar-v0", {}),
    ("MountainCarContinuous-v0", {}),
    ("Pendulum-v1", {"g": 9.81}),
    ("Blackjack-v1", {}),
    ("Blackjack-v1", {"natural": True, "sab": False}),
    ("FrozenLake-v1", {}),
    ("FrozenLake-v1", {"is_slippery": False, "desc": ["SFFF", "FFFH", "HFFG"]}),
    ("FrozenLake8x8-v1", {}),
    ("CliffWalking-v1", {}),
    ("CliffWalkingSlippery-v1", {}),
    (TAXI, {}),
    (TAXI, {"is_rainy": True, "fickle_passenger": True}),
]


@pytest.fixture(scope="module")
def other_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    process = ServerProcess(listen=f"unix:{tmp_path_factory.mktemp('other')}/s.sock")
    yield process
    process.kill()


@pytest.fixture
def here(client: Client) -> Iterator[Runs]:
    runs = Runs(client)
    yield runs
    runs.close()


@pytest.fixture
def there(other_server: ServerProcess) -> Iterator[Runs]:
    connection = Client(other_server.address)
    runs = Runs(connection)
    yield runs
    runs.close()
    connection.close()


def _assert_goes_on(here: Runs, there: Runs, env_id: str, kwargs: dict[str, Any], **fields: Any) -> None:
    original = here.open(env_id, kwargs, **fields)
    original.reset(seed=11)
    original.play(original.actions(BEFORE, seed=1))
    snapshots = original.snapshots()
    ended = original.ended.copy()
    actions = original.actions(AFTER, seed=2)
    expected = original.play(actions)
    ends = [r for r in map(pb.StepResponse.FromString, expected) if b"\x01" in r.terminated + r.truncated]
    assert ends, "no episode ended, so the test does not cover the end of an episode"

    fresh = there.open(env_id, kwargs, **fields)
    used = there.open(env_id, kwargs, **fields)
    used.reset(seed=5)
    used.play(used.actions(9, seed=3))
    for run in (fresh, used):
        assert isinstance(run.restore(snapshots), pb.RestoreResponse)
        run.ended = ended.copy()
        assert run.play(actions) == expected


@pytest.mark.parametrize(("env_id", "kwargs"), SUPPORTED, ids=lambda value: value if isinstance(value, str) else "")
def test_a_restored_session_on_another_server_goes_on_bit_for_bit(
    here: Runs, there: Runs, env_id: str, kwargs: dict[str, Any]
) -> None:
    _assert_goes_on(here, there, env_id, kwargs)


@pytest.mark.parametrize("mode", ["NEXT_STEP", "DISABLED"])
@pytest.mark.parametrize("env_id", ["CartPole-v1", "FrozenLake-v1", "Hopper-v5"])
def test_a_restored_session_goes_on_bit_for_bit_in_the_modes_next_step_and_disabled(
    here: Runs, there: Runs, env_id: str, mode: str
) -> None:
    _assert_goes_on(here, there, env_id, {}, autoreset_mode=pb.AutoresetMode.Value(f"AUTORESET_MODE_{mode}"))


@pytest.mark.parametrize("mode", ["NEXT_STEP", "DISABLED"])
def test_a_snapshot_stores_that_an_ended_episode_still_needs_a_reset(here: Runs, there: Runs, mode: str) -> None:
    fields: dict[str, Any] = {
        "autoreset_mode": pb.AutoresetMode.Value(f"AUTORESET_MODE_{mode}"),
        "max_episode_steps": 3,
    }
    original = here.open("Pendulum-v1", **fields)
    original.reset(seed=0)
    original.play(original.actions(3, seed=0))
    assert original.ended.all()
    snapshots, actions = original.snapshots(), original.actions(10, seed=1)
    restored = there.open("Pendulum-v1", **fields)
    restored.restore(snapshots)
    if mode == "DISABLED":
        refused = there.stream.ask(step=pb.StepRequest(session_id=restored.id, actions=actions[0]))
        assert refused.code == grpc.StatusCode.FAILED_PRECONDITION.value[0]
    restored.ended[:] = True
    assert restored.play(actions) == original.play(actions)


def test_sync_and_async_sessions_exchange_snapshots(here: Runs, there: Runs) -> None:
    sync, processes = pb.VECTORIZATION_SYNC, pb.VECTORIZATION_ASYNC
    first = here.open("Walker2d-v5", vectorization=sync)
    second = there.open("Walker2d-v5", vectorization=processes)
    third = there.open("Walker2d-v5", vectorization=sync)
    first.reset(seed=0)
    first.play(first.actions(20, seed=0))
    second.restore(first.snapshots())
    assert second.play(second.actions(60, seed=1)) == first.play(first.actions(60, seed=1))
    third.restore(second.snapshots())
    assert third.play(third.actions(60, seed=2)) == first.play(first.actions(60, seed=2))


def test_a_restored_session_with_wrappers_goes_on_bit_for_bit(here: Runs, there: Runs) -> None:
    wrappers = [
        pb.WrapperSpec(name="StickyAction", kwargs=encode_dict({"repeat_action_probability": 0.4})),
        pb.WrapperSpec(name="NormalizeReward"),
        pb.WrapperSpec(name="NormalizeObservation"),
        pb.WrapperSpec(name="FrameStackObservation", kwargs=encode_dict({"stack_size": 3})),
    ]
    _assert_goes_on(here, there, "HalfCheetah-v5", {}, wrappers=wrappers)


def test_two_sessions_that_restore_one_snapshot_may_differ_afterwards(here: Runs) -> None:
    original = here.open("Hopper-v5")
    original.reset(seed=2)
    original.play(original.actions(15, seed=0))
    snapshots, left, right = original.snapshots(), original.actions(50, seed=1), original.actions(50, seed=2)
    one, two = here.open("Hopper-v5"), here.open("Hopper-v5")
    one.restore(snapshots)
    two.restore(snapshots)
    went_left, went_right = one.play(left), two.play(right)
    assert went_left != went_right
    one.restore(snapshots)
    original.restore(snapshots)
    assert one.play(right) == went_right
    assert original.play(left) == went_left


def test_a_snapshot_leaves_the_session_as_it_was(here: Runs) -> None:
    watched, twin = here.open(TAXI), here.open(TAXI)
    for run in (watched, twin):
        run.reset(seed=4)
        run.play(run.actions(30, seed=0))
    watched.snapshots()
    assert watched.play(watched.actions(60, seed=1)) == twin.play(twin.actions(60, seed=1))


def test_smaller_sessions_may_restore_the_snapshots_of_a_larger_session(here: Runs, there: Runs) -> None:
    five = here.open("Hopper-v5", num_envs=5)
    five.reset(seed=2)
    five.play(five.actions(15, seed=0))
    snapshots = five.snapshots()
    sizes = (3, 2)
    halves = [there.open("Hopper-v5", num_envs=n) for n in sizes]
    for half, taken in zip(halves, (snapshots[:3], snapshots[3:]), strict=True):
        assert isinstance(half.restore(taken), pb.RestoreResponse)
    rng = np.random.default_rng(1)
    for _ in range(60):
        actions = rng.uniform(-1, 1, (5, 3)).astype(np.float32)
        whole = here.stream.ask(step=pb.StepRequest(session_id=five.id, actions=encode_value(actions)))
        parts = [
            there.stream.ask(step=pb.StepRequest(session_id=half.id, actions=encode_value(part)))
            for half, part in zip(halves, (actions[:3], actions[3:]), strict=True)
        ]
        assert b"".join(part.observations.array.data for part in parts) == whole.observations.array.data
        assert b"".join(part.rewards for part in parts) == whole.rewards


def test_the_answer_to_a_restore_request_has_the_observations_of_the_snapshots(client: Client, here: Runs) -> None:
    original = here.open("Ant-v5")
    original.reset(seed=4)
    last = here.stream.ask(step=pb.StepRequest(session_id=original.id, actions=original.actions(1, seed=0)[0]))
    other = here.open("Ant-v5")
    assert other.restore(original.snapshots()).observations == last.observations
    assert observations(last).shape == (N, 105)


def test_a_restore_request_that_is_repeated_with_its_step_number_changes_nothing(here: Runs) -> None:
    original = here.open("CartPole-v1")
    original.reset(seed=4)
    original.play(original.actions(5, seed=0))
    snapshots, actions = original.snapshots(), original.actions(10, seed=1)
    expected = original.play(actions)
    run = here.open("CartPole-v1")
    first = run.restore(snapshots, step_number=1)
    assert first.step_number == 1
    # The server repeats the stored response and ignores the snapshots of the retry.
    assert run.restore([], step_number=1) == first
    assert run.play(actions) == expected
    late = run.restore(snapshots, step_number=1)
    assert late.code == grpc.StatusCode.FAILED_PRECONDITION.value[0]
    assert late.session_alive


def test_unary_calls_take_and_restore_snapshots_too(client: Client) -> None:
    one, two = (client.make("Blackjack-v1", N) for _ in range(2))
    client.reset(one.session_id, seed=3)
    taken = client.stub.Snapshot(pb.SnapshotRequest(session_id=one.session_id), timeout=10)
    request = pb.RestoreRequest(session_id=two.session_id, snapshots=taken.snapshots)
    assert client.stub.Restore(request, timeout=10).step_number == 1
    actions = np.array([1, 0])
    results = [client.step(made.session_id, actions) for made in (one, two)]
    assert without_number(results[0]) == without_number(results[1])


@pytest.mark.parametrize("env_id", [TAXI, "Reacher-v5"])
def test_a_restored_session_renders_the_same_pictures(here: Runs, env_id: str) -> None:
    choose_opengl()
    if env_id == "Reacher-v5" and missing_opengl():
        pytest.skip(missing_opengl())
    first, second = (here.open(env_id, num_envs=1, render_mode="rgb_array") for _ in range(2))
    for run, seed in ((first, 0), (second, 5)):
        run.reset(seed=seed)
        # In Reacher, the first picture sets the point that MuJoCo's free camera looks at. This point depends on the
        # seed. So the two sessions look at different points, and Restore must restore the point.
        here.stream.ask(render=pb.RenderRequest(session_id=run.id))
    first.play(first.actions(7, seed=0))
    snapshots = first.snapshots()
    drawn = here.stream.ask(render=pb.RenderRequest(session_id=first.id))
    assert np.ptp(decode_value(drawn.frames[0])) > 0
    assert here.stream.ask(render=pb.RenderRequest(session_id=second.id)) != drawn
    second.restore(snapshots)
    assert here.stream.ask(render=pb.RenderRequest(session_id=second.id)) == drawn
