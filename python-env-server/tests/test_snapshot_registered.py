# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Snapshots of environments for which `register_state` declares the state."""

import enum
import sys
import types
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import grpc
import gymnasium
import numpy as np
import pytest
from client import Client, ServerProcess
from direct_sessions import ask, open_session
from gymnasium import spaces
from gymnasium.envs.mujoco.hopper_v5 import HopperEnv
from odd_envs import SPACES
from snapshot_runs import Run, Runs
from state_envs import Drift

from gymwire.codec import decode_value, encode_value
from gymwire.server.errors import InvalidRequestError, SnapshotUnsupportedError, WrongStateError
from gymwire.server.mujoco_model import DIGEST_ATTRIBUTE, remember_model
from gymwire.server.snapshot import register_state
from gymwire.server.snapshot.layers import check_state, put_state, take_state
from gymwire.v1 import environment_service_pb2 as pb

REGISTERED = ["State/Drift-v0", "State/Chaos-v0", "State/TiredHopper-v0", "State/Momentum-v0"]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    path: Path = tmp_path_factory.mktemp("state") / "s.sock"
    process = ServerProcess("--import", "state_envs", "--log-file", f"{path}.log", listen=f"unix:{path}")
    connection = Client(process.address)
    sessions = Runs(connection)
    yield sessions
    sessions.close()
    connection.close()
    process.kill()


def played(runs: Runs, env_id: str, **kwargs: Any) -> Run:
    run = runs.open(env_id, kwargs)
    run.reset(seed=11)
    run.play(run.actions(37, seed=1))
    return run


@pytest.mark.parametrize("env_id", REGISTERED)
def test_a_restored_session_goes_on_bit_for_bit(runs: Runs, env_id: str) -> None:
    original = played(runs, env_id)
    snapshots = original.snapshots()
    actions = original.actions(70, seed=2)
    expected = original.play(actions)
    other = runs.open(env_id)
    other.reset(seed=5)
    other.play(other.actions(9, seed=3))
    assert isinstance(other.restore(snapshots), pb.RestoreResponse)
    assert other.play(actions) == expected


def test_a_snapshot_of_an_environment_with_other_arguments_is_refused(runs: Runs) -> None:
    snapshots = played(runs, "State/Drift-v0").snapshots()
    refused = runs.open("State/Drift-v0", {"noise": 0.2}).restore(snapshots)
    assert isinstance(refused, pb.ErrorDetail)
    assert "Drift.noise is 0.2 here, but 0.1 in the snapshot" in refused.message


def test_a_failure_of_a_registered_function_is_an_error_of_the_environment(runs: Runs) -> None:
    run = played(runs, "State/Stubborn-v0")
    refused = run.restore(run.snapshots())
    assert isinstance(refused, pb.ErrorDetail)
    assert "a state lies between 0 and 1.01; got 7.0" in refused.message
    mute = played(runs, "State/Mute-v0")
    refused = mute.stream.ask(snapshot=pb.SnapshotRequest(session_id=mute.id))
    assert isinstance(refused, pb.ErrorDetail)
    assert "'Simulator' object has no attribute 'hidden'" in refused.message


@pytest.mark.parametrize("vectorization", [pb.VECTORIZATION_SYNC, pb.VECTORIZATION_ASYNC])
def test_a_snapshot_of_an_environment_that_changes_its_mujoco_model_is_refused(
    runs: Runs, vectorization: pb.Vectorization
) -> None:
    run = runs.open("State/RandomHopper-v0", vectorization=vectorization)
    run.reset(seed=1)
    refused = run.stream.ask(snapshot=pb.SnapshotRequest(session_id=run.id))
    assert isinstance(refused, pb.ErrorDetail)
    assert refused.code == grpc.StatusCode.UNIMPLEMENTED.value[0]
    assert "the MuJoCo model of RandomHopper has changed since it was made" in refused.message
    assert "leave self.model as the constructor makes it" in refused.message
    assert refused.session_alive
    run.play(run.actions(3, seed=1))


class Plain(gymnasium.Env[Any, Any]):
    """An environment that defines two attributes, but neither `reset` nor `step`."""

    def __init__(self) -> None:
        self.level: Any = 3
        self.handle = object()


def test_the_error_names_an_attribute_that_is_not_registered_or_does_not_exist() -> None:
    register_state(Plain, "level")
    with pytest.raises(SnapshotUnsupportedError, match=r"not known whether Plain\.handle is state"):
        take_state(Plain())
    register_state(Plain, "level", "charge", ignore=["handle"])
    with pytest.raises(SnapshotUnsupportedError, match=r"Plain\.charge is missing"):
        take_state(Plain())
    register_state(Plain, "level", ignore=["handle"])
    assert take_state(Plain())[0]["state"]["level"] == 3


class Color(enum.IntEnum):
    """Stands for a phase of an episode."""

    RED = 1


class Pair(NamedTuple):
    """Stands for a position."""

    x: float
    y: float


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Color.RED, "is a value of type test_snapshot_registered.Color"),
        (Pair(1.0, 2.0), "is a value of type test_snapshot_registered.Pair"),
        (Counter("aab"), "is a value of type collections.Counter"),
        (defaultdict(list), "is a value of type collections.defaultdict"),
        (OrderedDict(a=1), "is a value of type collections.OrderedDict"),
        (np.str_("a"), "is a value of type numpy.str_"),
        ({1, 2}, "is a value of type builtins.set"),
        ([{"a": (1, Color.RED)}], "contains a value of type test_snapshot_registered.Color"),
        ({Color.RED: 1}, "contains a value of type test_snapshot_registered.Color"),
        (np.array([None, Counter()]), "contains a value of type collections.Counter"),
    ],
    ids=lambda case: type(case).__name__,
)
def test_a_registered_value_whose_type_would_change_is_refused(value: Any, words: str) -> None:
    register_state(Plain, "level", ignore=["handle"])
    env = Plain()
    env.level = value
    with pytest.raises(SnapshotUnsupportedError) as failure:
        take_state(env)
    assert f"Plain.level {words}" in str(failure.value)
    assert "name level in `ignore` of register_state, and save it with `take` and `put`" in str(failure.value)
    register_state(
        Plain, ignore=["level", "handle"], take=lambda env: {"level": env.level}, put=lambda env, value: None
    )
    with pytest.raises(SnapshotUnsupportedError, match="the result of `take` for Plain contains a value of type"):
        take_state(env)


def test_values_that_contain_each_other_are_refused_immediately() -> None:
    # Each of two dicts contains the other dict twice, so there are 2^30 ways to go 30 levels deep.
    one: dict[str, Any] = {}
    one["east"] = one["west"] = {"east": one, "west": one}
    env = Plain()
    env.level = one
    register_state(Plain, "level", ignore=["handle"])
    with pytest.raises(SnapshotUnsupportedError, match=r"Plain\.level contains a value of type builtins\.dict"):
        take_state(env)
    register_state(Plain, ignore=["handle"])
    with pytest.raises(SnapshotUnsupportedError, match=r"Plain\.level is state or a setting.*contains itself"):
        take_state(env)


def test_an_environment_that_has_no_mujoco_model_has_no_digest_of_a_model(monkeypatch: pytest.MonkeyPatch) -> None:
    env = HopperEnv()
    env.model = None
    remember_model(env)
    assert DIGEST_ATTRIBUTE not in vars(env)
    # While a thread imports the module, other threads see a module without the class.
    name = "gymnasium.envs.mujoco.mujoco_env"
    monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    remember_model(Plain())


def test_registered_values_of_plain_and_numpy_types_come_back_with_their_types() -> None:
    register_state(Plain, "level", ignore=["handle"])
    env, other = Plain(), Plain()
    env.level = (None, True, 3, 2.5, "a", b"b", [np.float32(1), np.int64(2), np.bool_(True)], {("a", 1): {"b": 2**70}})
    put_state(other, decode_value(encode_value(take_state(env))))
    assert repr(other.level) == repr(env.level)
    env.level = np.array([1, (2.0, np.zeros(3, np.int8))], dtype=object)
    put_state(other, decode_value(encode_value(take_state(env))))
    assert repr(other.level) == repr(env.level)


def test_a_wrong_registration_is_refused() -> None:
    with pytest.raises(TypeError, match=r"derived from gymnasium\.Env"):
        register_state(int, "real")
    with pytest.raises(TypeError, match="take and put go together"):
        register_state(Plain, take=lambda env: env.level)
    with pytest.raises(ValueError, match="got level twice"):
        register_state(Plain, "level", ignore=["level"])


class Timed(gymnasium.Env[Any, Any]):
    """Has two attributes with names that have a special meaning in Gymnasium's environments: `clock` is the clock of
    their window, and `P` is the table of transitions of the toy text environments."""

    observation_space = gymnasium.spaces.Discrete(2)
    action_space = gymnasium.spaces.Discrete(2)
    clock = 0
    P: Any = None


def test_every_element_of_an_array_named_p_is_compared() -> None:
    register_state(Timed)
    env, other = Timed(), Timed()
    env.P, other.P = np.zeros((20, 4, 20)), np.zeros((20, 4, 20))
    check_state(other, take_state(env))
    other.P[10, 0, 10] = 1
    with pytest.raises(WrongStateError, match=r"Timed\.P"):
        check_state(other, take_state(env))


def test_an_attribute_named_clock_is_not_ignored_in_a_registered_environment() -> None:
    register_state(Timed)
    env = Timed()
    env.clock = 1
    before = take_state(env)
    env.clock = 2
    assert take_state(env) != before


class Shows(gymnasium.Env[Any, Any]):
    """Its observations are always the same."""

    action_space = spaces.Discrete(2)

    def __init__(self, space: spaces.Space[Any], observation: Any) -> None:
        self.observation_space = space
        self.observation = observation

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        return self.observation, {}


register_state(Shows, ignore=["observation"])


@pytest.mark.parametrize(
    ("space", "observation"),
    [
        (spaces.Box(0, 1, (2,), bool), np.array([True, False])),  # type: ignore[arg-type]
        (spaces.Box(-1, 1, (2,)), [0.5, -0.5]),
        (spaces.MultiDiscrete([3, 4], dtype=np.int32), np.array([1, 2])),
        (spaces.MultiBinary(2), np.array([0.0, 1.0])),
        (SPACES["SmallNumber"], np.int64(2)),
        (spaces.Discrete(2), np.bool_(True)),
        (spaces.Dict({"a": spaces.Box(-1, 1, (2,))}), {"more": 1, "a": [0.5, -0.5]}),
        (spaces.Tuple((spaces.Discrete(2), spaces.MultiBinary(1))), [True, np.ones(1)]),
        (spaces.Sequence(spaces.Box(-1, 1, (2,))), (np.zeros(2), np.ones(2))),
    ],
    ids=lambda case: type(case).__name__,
)
def test_an_observation_of_another_type_than_its_space_comes_back_as_it_was_sent(
    space: spaces.Space[Any], observation: Any
) -> None:
    kwargs = {"space": space, "observation": observation}
    session, other = open_session(Shows, kwargs), open_session(Shows, kwargs)
    before = ask(session, reset=pb.ResetRequest(seed=0))
    snapshots = ask(session, snapshot=pb.SnapshotRequest()).snapshots
    assert ask(other, restore=pb.RestoreRequest(snapshots=snapshots)).observations == before.observations
    assert ask(other, snapshot=pb.SnapshotRequest()).snapshots == snapshots


def test_a_snapshot_with_an_observation_that_a_restore_would_refuse_is_refused() -> None:
    session = open_session(Shows, {"space": spaces.Discrete(3), "observation": 7})
    ask(session, reset=pb.ResetRequest(seed=0))
    with pytest.raises(
        SnapshotUnsupportedError, match=r"an observation must be in Discrete\(3\); got .*7.*; let reset"
    ):
        ask(session, snapshot=pb.SnapshotRequest())


class Sampler(gymnasium.Env[Any, Any]):
    """Its rewards are samples of its spaces."""

    observation_space = spaces.Discrete(2)

    def __init__(self) -> None:
        self.action_space = spaces.Discrete(1000)
        self.goals = spaces.Dict({"a": spaces.Discrete(1000), "b": spaces.Tuple((spaces.Discrete(1000),))})

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self.action_space.seed(seed)
        self.goals.seed(seed)
        return 0, {}

    def step(self, action: Any) -> Any:
        goals: Any = self.goals.sample()
        return 0, (self.action_space.sample(), goals["a"], *goals["b"]), False, False, {}


class RandomActions(gymnasium.Wrapper[Any, Any, Any, Any]):
    """Replaces the action by a sample of the environment's space."""

    def reset(self, **kwargs: Any) -> Any:
        self.env.action_space.seed(kwargs["seed"])
        return super().reset(**kwargs)

    def step(self, action: Any) -> Any:
        return super().step(self.env.action_space.sample())


register_state(Sampler, ignore=["goals"])
register_state(RandomActions)


@pytest.mark.parametrize("make", [Sampler, lambda: RandomActions(gymnasium.make("Pendulum-v1"))])
def test_an_environment_that_samples_its_spaces_goes_on_with_the_same_samples(make: Callable[[], Any]) -> None:
    env, used, fresh = make(), make(), make()
    env.reset(seed=1)
    env.step(0)
    used.reset(seed=2)
    state = decode_value(encode_value(take_state(env)))
    for other in (used, fresh):
        check_state(other, state)
        put_state(other, state)
    expected = [env.step(0)[1] for _ in range(5)]
    assert [used.step(0)[1] for _ in range(5)] == expected
    assert [fresh.step(0)[1] for _ in range(5)] == expected


def test_a_snapshot_contains_no_generators_of_spaces_that_nobody_sampled_or_seeded() -> None:
    session = open_session(Drift)
    ask(session, reset=pb.ResetRequest(seed=0))
    (snapshot,) = ask(session, snapshot=pb.SnapshotRequest()).snapshots
    assert decode_value(snapshot)["environment"][-1].keys() == {"class", "state", "settings"}


def test_a_space_that_shares_its_generator_is_refused() -> None:
    env = Sampler()
    env.action_space = spaces.Discrete(1000, seed=env.np_random)
    with pytest.raises(SnapshotUnsupportedError, match="a space of Sampler shares its random generator"):
        take_state(env)


@pytest.mark.parametrize("nonsense", [None, [None], [1] * 6, [{"state": 1}] * 6])
def test_generators_of_spaces_that_do_not_fit_are_refused(nonsense: Any) -> None:
    env = Sampler()
    env.reset(seed=1)
    state = take_state(env)
    state[-1]["spaces"] = nonsense
    with pytest.raises((InvalidRequestError, WrongStateError)):
        check_state(env, state)
