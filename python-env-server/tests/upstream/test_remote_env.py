# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Behaviour of remote environments, for example with lost connections, snapshots, and attributes in the server."""

import copy
import gc
import pickle
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest
from client import ServerProcess
from gymnasium.error import AlreadyPendingCallError, ClosedEnvironmentError, DependencyNotInstalled, ResetNeeded
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from gymnasium.wrappers import RecordEpisodeStatistics
from gymnasium_at_hand import TAXI

from gymwire.client import Credentials, RemoteEnv, RemoteError, RemoteVectorEnv, errors
from gymwire.v1 import environment_service_pb2 as pb
from upstream.compare import assert_identical
from upstream.cutting_proxy import CuttingProxy
from upstream.envs import CONSTANTS, Infos

NOTHING = np.zeros((), np.float32)


@pytest.fixture
def proxy(address: str) -> Iterator[CuttingProxy]:
    cutting = CuttingProxy(address)
    yield cutting
    cutting.close()


def test_every_type_arrives_as_it_was_sent(address: str) -> None:
    local: Any = Infos()
    remote = RemoteEnv("Upstream/Infos-v0", address)
    assert_identical(remote.metadata, local.metadata)
    options = dict(CONSTANTS)
    assert_identical(remote.reset(seed=5, options=options), local.reset(seed=5, options=options))
    for _ in range(7):
        assert_identical(remote.step(1), local.step(1))
    remote.close()


def test_the_caller_may_overwrite_an_observation(address: str) -> None:
    env = RemoteEnv("Hopper-v5", address)
    first, _ = env.reset(seed=0)
    first[:] = 7.0
    second, *_ = env.step(env.action_space.sample())
    assert not np.array_equal(first, second)
    env.close()


def arrays(value: Any) -> Iterator[np.ndarray[Any, Any]]:
    """Yields the arrays in a value, also the arrays inside dicts, tuples and lists."""
    if isinstance(value, np.ndarray):
        yield value
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, (tuple, list)) else ()
    for part in parts:
        yield from arrays(part)


def test_all_received_arrays_can_be_overwritten(address: str) -> None:
    env: Any = RemoteEnv("Upstream/Infos-v0", address)
    envs: Any = RemoteVectorEnv("CartPole-v1", 2, address=address, autoreset_mode=AutoresetMode.SAME_STEP)
    received = [env.reset(seed=5, options=dict(CONSTANTS)), env.step(1), envs.reset(seed=5)]
    received += [envs.step(np.ones(2, int)) for _ in range(30)]
    received += [envs.restore(envs.snapshots()), envs.get_attr("state")]
    assert any("final_obs" in each[-1] for each in received if isinstance(each[-1], dict))
    found = [array for each in received for array in arrays(each)]
    assert len(found) > 100
    assert all(array.flags.writeable for array in found)
    env.close()
    envs.close()


def test_a_step_before_the_reset_raises_what_gymnasium_raises(address: str) -> None:
    env = RemoteEnv("CartPole-v1", address)
    with pytest.raises(ResetNeeded, match=r"call reset\(\) before the first step\(\)"):
        env.step(0)
    env.reset()
    env.step(0)
    env.close()


def test_calls_of_a_closed_environment_raise_closed_environment_error(address: str) -> None:
    env = RemoteEnv("CartPole-v1", address)
    env.reset()
    env.close()
    env.close()
    for call in (env.reset, lambda: env.step(0), env.render, env.snapshot):
        with pytest.raises(ClosedEnvironmentError):
            call()


def test_a_missing_package_raises_what_gymnasium_raises(address: str) -> None:
    with pytest.raises((DependencyNotInstalled, ImportError), match="jax"):
        RemoteEnv("phys2d/CartPole-v1", address)


ERROR_CLASSES = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]


class DerivedError(RemoteError):
    """An error with a constructor of its own."""

    def __init__(self, *, first: str) -> None:
        super().__init__(pb.ErrorDetail(code=2, message=first, exception_class="x.Y"))


def some_error(kind: type[Exception]) -> Exception:
    """Returns an error of a class of the client."""
    if kind is RemoteError:
        return RemoteError(pb.ErrorDetail(code=2, message="first", exception_class="x.Y", traceback="t", env_index=3))
    return DerivedError(first="first") if kind is DerivedError else kind("first")


@pytest.mark.parametrize("kind", [*ERROR_CLASSES, DerivedError])
def test_a_pickled_or_copied_error_is_the_same_error(kind: type[Exception]) -> None:
    error = some_error(kind)
    protocols = range(pickle.HIGHEST_PROTOCOL + 1)
    again = [copy.copy(error), copy.deepcopy(error), *(pickle.loads(pickle.dumps(error, each)) for each in protocols)]
    for other in again:
        assert type(other) is kind
        assert (str(other), other.args, vars(other)) == (str(error), error.args, vars(error))


def test_the_error_of_a_failed_step_contains_the_servers_traceback(address: str) -> None:
    env = RemoteEnv("Upstream/Failing-v0", address)
    env.reset(seed=0)
    with pytest.raises(ValueError, match="Error in step with 2") as failure:
        env.step(2)
    cause = failure.value.__cause__
    assert isinstance(cause, RemoteError)
    assert "In the server:" in str(cause)
    assert "raise_error" not in str(cause)
    assert "Error in step" in cause.traceback
    assert not cause.session_alive
    with pytest.raises(ClosedEnvironmentError):
        env.reset()
    env.close()


@pytest.mark.parametrize("seed", [-1, 1.5, "0"])
def test_a_bad_seed_raises_what_gymnasium_raises(address: str, seed: Any) -> None:
    env = RemoteEnv("CartPole-v1", address)
    envs = RemoteVectorEnv("CartPole-v1", 2, address=address)
    for each in (env, envs):
        with pytest.raises((gymnasium.error.Error, TypeError, AssertionError)):
            each.reset(seed=seed)
        each.close()


def test_a_missing_server_causes_a_connection_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gymwire.client.connection.CONNECT_SECONDS", 0.3)
    with pytest.raises(ConnectionError, match="gymwire serve"):
        RemoteEnv("CartPole-v1", f"unix:{tmp_path}/none.sock")


def test_a_server_that_dies_causes_a_connection_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gymwire.client.connection.CONNECT_SECONDS", 0.5)
    server = ServerProcess()
    env = RemoteEnv("CartPole-v1", server.address)
    env.reset()
    server.kill()
    with pytest.raises(ConnectionError, match="broke"):
        env.step(0)
    env.close()


def test_a_certificate_needs_its_key() -> None:
    with pytest.raises(ValueError, match="give certificate and key together"):
        Credentials(certificate="c.pem")
    assert "secret" not in repr(Credentials(token="secret"))


def test_a_connection_that_is_cut_between_steps_is_restored(proxy: CuttingProxy) -> None:
    env = RemoteEnv("Upstream/Slow-v0", proxy.address)
    assert env.reset()[0] == 0
    for count in range(1, 6):
        proxy.cut()
        assert env.step(NOTHING)[0] == count
    assert proxy.connections > 5
    env.close()


def test_a_step_whose_answer_was_lost_is_not_made_twice(proxy: CuttingProxy) -> None:
    env = RemoteEnv("Upstream/Slow-v0", proxy.address)
    env.reset()
    for count in range(1, 4):
        proxy.swallows_replies = True
        timer = threading.Timer(0.3, proxy.cut)
        timer.start()
        assert env.step(NOTHING)[0] == count
    env.close()


def test_a_connection_that_is_cut_during_a_step_is_restored(proxy: CuttingProxy) -> None:
    envs = RemoteVectorEnv("Upstream/Slow-v0", 2, address=proxy.address)
    envs.reset()
    for count in range(1, 4):
        timer = threading.Timer(0.1, proxy.cut)
        timer.start()
        assert envs.step(np.full(2, 0.15, np.float32))[0].tolist() == [count, count]
    envs.close()


def lose_the_answer(proxy: CuttingProxy, monkeypatch: pytest.MonkeyPatch, step: Callable[[], Any]) -> None:
    """Calls `step`. The server gets the request, but the network breaks before the answer comes, and the client gives
    up. After this function, the network works again."""

    def cut() -> None:
        proxy.swallowed.wait(60)
        proxy.is_down = True
        proxy.cut()

    with monkeypatch.context() as patch:
        patch.setattr("gymwire.client.connection.CONNECT_SECONDS", 0.3)
        proxy.swallows_replies = True
        cutting = threading.Thread(target=cut)
        cutting.start()
        with pytest.raises(
            ConnectionError, match=r"broke and could not be restored .*; step_wait of a vector, or reset"
        ):
            step()
        cutting.join()
    proxy.is_down = False


def test_a_reset_is_needed_after_a_step_whose_connection_could_not_be_restored(
    proxy: CuttingProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    env = RemoteEnv("Upstream/Slow-v0", proxy.address)
    env.reset()
    lose_the_answer(proxy, monkeypatch, lambda: env.step(NOTHING))
    for call in (lambda: env.step(NOTHING), env.snapshot):
        with pytest.raises(ResetNeeded, match="a lost connection ended the wait for the answer to step"):
            call()
    assert env.reset()[0] == 0
    assert env.step(NOTHING)[0] == 1
    env.close()


def test_step_wait_gets_the_answer_to_a_vectors_step_after_the_connection_was_lost(
    proxy: CuttingProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    envs = RemoteVectorEnv("Upstream/Slow-v0", 2, address=proxy.address)
    envs.reset()
    none = np.zeros(2, np.float32)
    lose_the_answer(proxy, monkeypatch, lambda: envs.step(none))
    with pytest.raises(AlreadyPendingCallError, match="step_wait"):
        envs.step(none)
    assert envs.step_wait()[0].tolist() == [1, 1]
    assert envs.step(none)[0].tolist() == [2, 2]
    envs.close()


@pytest.mark.parametrize("env_id", ["CartPole-v1", "Hopper-v5", TAXI])
def test_environments_that_restore_the_same_snapshot_continue_identically(address: str, env_id: str) -> None:
    env, other = RemoteEnv(env_id, address), RemoteEnv(env_id, address)
    env.reset(seed=1)
    env.action_space.seed(1)
    last = env.step(env.action_space.sample())
    snapshot = env.snapshot()
    actions = [env.action_space.sample() for _ in range(10)]
    futures: list[list[Any]] = []
    for fork in (env, other, copy.deepcopy(env)):
        observation = fork.restore(snapshot)
        assert np.array_equal(observation, last[0])
        futures.append([])
        for action in actions:
            futures[-1].append(fork.step(action))
            if futures[-1][-1][2] or futures[-1][-1][3]:
                futures[-1].append(fork.reset())
    assert_identical(futures[1], futures[0])
    assert_identical(futures[2], futures[0])
    env.close()
    other.close()


class Scaled(RemoteEnv):
    """An environment with a constructor of its own, and with methods that need its attributes."""

    def __init__(self, scale: float, *, address: str) -> None:
        super().__init__("Pendulum-v1", address)
        self.scale = scale

    def restore(self, snapshot: bytes) -> Any:
        return super().restore(snapshot) * self.scale

    def step(self, action: Any) -> Any:
        observation, *rest = super().step(action)
        return observation * self.scale, *rest


class ScaledVector(RemoteVectorEnv):
    """A vector with a constructor of its own."""

    def __init__(self, scale: float, *, address: str) -> None:
        super().__init__("Pendulum-v1", 2, address=address, autoreset_mode="SameStep", vectorization_mode="async")
        self.scale = scale


@pytest.mark.parametrize("kind", [Scaled, ScaledVector])
def test_a_copy_of_a_derived_class_has_its_attributes_and_those_that_the_user_set(address: str, kind: Any) -> None:
    env = kind(3.0, address=address)
    env.reset(seed=1)
    env.note = ["mine"]
    env.metadata["mine"] = 1
    action = env.action_space.sample()
    copies = [copy.deepcopy(env), pickle.loads(pickle.dumps(env))]
    after = env.step(action)
    for other in copies:
        assert (type(other), other.scale, other.note, other.metadata) == (kind, 3.0, ["mine"], env.metadata)
        assert other.spec == env.spec
        assert_identical(other.step(action), after)
        other.close()
    env.close()


def test_a_copy_of_a_registered_environment_has_its_specification(address: str) -> None:
    kwargs = {"env_id": "CartPole-v1", "address": address}
    gymnasium.register("Remote/CartPole-v1", "gymwire.client:RemoteEnv", kwargs=kwargs)
    try:
        env = gymnasium.make("Remote/CartPole-v1")
        other = copy.deepcopy(env)
        assert other.spec == env.spec
        assert other.spec is not None
        assert other.spec.id == "Remote/CartPole-v1"
        env.close()
        other.close()
    finally:
        del gymnasium.registry["Remote/CartPole-v1"]


def test_a_restored_vector_environment_continues_identically_to_the_original(address: str) -> None:
    make = {"address": address, "autoreset_mode": AutoresetMode.SAME_STEP, "max_episode_steps": 5}
    envs, other = (RemoteVectorEnv("Hopper-v5", 2, **make) for _ in range(2))  # type: ignore[arg-type]
    envs.reset(seed=1)
    envs.action_space.seed(1)
    envs.step(envs.action_space.sample())
    other.restore(envs.snapshots())
    for _ in range(8):
        actions = envs.action_space.sample()
        assert_identical(other.step(actions), envs.step(actions))
    envs.close()
    other.close()


def test_a_snapshot_that_cannot_be_read_is_a_value_error(address: str) -> None:
    env, envs = RemoteEnv("CartPole-v1", address), RemoteVectorEnv("CartPole-v1", address=address)
    env.reset(seed=1)
    envs.reset(seed=1)
    damaged = env.snapshot()[:-1]
    message = rf"these {len(damaged)} bytes are not a snapshot .*; give what snapshot"
    with pytest.raises(ValueError, match=message):
        env.restore(damaged)
    with pytest.raises(ValueError, match=message):
        envs.restore([damaged])
    env.step(0)
    env.close()
    envs.close()


def test_attributes_are_those_of_the_environment_in_the_server(address: str) -> None:
    env = RemoteEnv("CartPole-v1", address)
    assert env.get_attr("gravity") == 9.8
    wrapped = RecordEpisodeStatistics(env)
    assert wrapped.has_wrapper_attr("gravity")
    assert not wrapped.has_wrapper_attr("no_such_attribute")
    assert wrapped.get_wrapper_attr("gravity") == 9.8
    wrapped.set_wrapper_attr("gravity", 1.5)
    assert env.get_attr("gravity") == 1.5
    assert env.set_wrapper_attr("no_such_attribute", 1, force=False) is False
    env.close()


def test_an_attribute_that_cannot_be_sent_exists_all_the_same(address: str) -> None:
    env = RemoteEnv("InvertedPendulum-v5", address)
    with pytest.raises(NotImplementedError):
        env.get_wrapper_attr("data")
    assert env.has_wrapper_attr("data")
    env.close()


def test_methods_run_in_the_server(address: str) -> None:
    env = RemoteEnv("FrozenLake-v1", address, is_slippery=False)
    env.reset(seed=0)
    assert env.call("has_wrapper_attr", "desc") is True
    env.close()


def test_get_wrapper_attr_of_a_method_in_the_server_returns_a_function_that_calls_the_method(address: str) -> None:
    env = RemoteEnv("Odd/Number-v0", address)
    for each in (env, RecordEpisodeStatistics(env)):
        assert each.has_wrapper_attr("scale")
        assert each.get_wrapper_attr("scale")(2, offset=1) == 3
    vector = SyncVectorEnv([lambda: env])
    assert vector.call("scale", 2, offset=1) == (3,)
    with pytest.raises(NotImplementedError, match="'scale' is a method, which cannot be sent; call it instead"):
        env.get_attr("scale")
    with pytest.raises(NotImplementedError, match="the result of 'untold' cannot be sent"):
        env.get_wrapper_attr("untold")()
    vector.close()


def test_a_private_attribute_is_not_found(address: str) -> None:
    env = RecordEpisodeStatistics(RemoteEnv("Odd/Number-v0", address))
    assert not env.has_wrapper_attr("_steps_left")
    with pytest.raises(AttributeError, match="'_steps_left' is not allowed: it must"):
        env.env.get_wrapper_attr("_steps_left")
    env.close()


def test_no_attribute_of_the_server_is_found_if_the_operator_does_not_allow_it() -> None:
    server = ServerProcess()
    env = RemoteEnv("CartPole-v1", server.address)
    wrapped = RecordEpisodeStatistics(env)
    for name in ("gravity", "nothing"):
        assert not wrapped.has_wrapper_attr(name)
        with pytest.raises(AttributeError, match="--allow-call"):
            env.get_wrapper_attr(name)
        assert env.set_wrapper_attr(name, 1.0, force=False) is False
        for call in (env.call, env.get_attr):
            with pytest.raises(PermissionError, match="--allow-call"):
                call(name)
    env.close()
    server.kill()


def test_gymnasium_can_make_and_wrap_a_registered_remote_environment(address: str) -> None:
    gymnasium.register(
        "Remote/CartPole-v1",
        "gymwire.client:RemoteEnv",
        kwargs={"env_id": "CartPole-v1", "address": address},
        max_episode_steps=6,
    )
    try:
        env = gymnasium.wrappers.RecordEpisodeStatistics(gymnasium.make("Remote/CartPole-v1"))
        env.reset(seed=0)
        for _ in range(6):
            *_, truncated, info = env.step(0)
        assert truncated
        assert info["episode"]["l"] == 6
        env.close()
    finally:
        del gymnasium.registry["Remote/CartPole-v1"]


def test_server_side_wrappers_are_given_by_name(address: str) -> None:
    env = RemoteEnv("FrozenLake-v1", address, wrappers=["FlattenObservation"])
    assert env.observation_space.shape == (16,)
    assert env.reset(seed=0)[0].sum() == 1
    env.close()
    with pytest.raises(ValueError, match="NoSuchWrapper"):
        RemoteEnv("CartPole-v1", address, wrappers=["NoSuchWrapper"])


def test_an_environment_without_references_is_closed(address: str) -> None:
    probe = RemoteEnv("CartPole-v1", address)
    env = RemoteEnv("CartPole-v1", address)
    session = env._session
    del env
    gc.collect()
    assert session._closed
    probe.close()
