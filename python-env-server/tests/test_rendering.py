# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Pictures from the server equal pictures of local environments, and the server limits rendering."""

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from typing import Any

import grpc
import gymnasium
import numpy as np
import pytest
from client import DEADLINE_SECONDS, Client, ServerProcess, refusal, some_actions
from direct_sessions import ask, open_session
from gymnasium.utils.env_checker import data_equivalence
from gymnasium_at_hand import TAXI
from odd_envs import Drawing

from gymwire.codec import decode_value, encode_value
from gymwire.server import rendering
from gymwire.server.errors import MissingDependencyError, QuotaError
from gymwire.server.limits import Limits
from gymwire.server.opengl import choose_opengl, missing_opengl
from gymwire.server.recipe import EnvRecipe
from gymwire.v1 import environment_service_pb2 as pb

choose_opengl()

Code = grpc.StatusCode


def draw(client: Client, session_id: str) -> list[Any]:
    """Returns the picture of each environment; in a mode that ends with "_list", its list of pictures."""
    response = client.stub.Render(pb.RenderRequest(session_id=session_id), timeout=DEADLINE_SECONDS)
    return [decode_value(frame) for frame in response.frames]


@pytest.mark.parametrize(
    ("env_id", "mode"),
    [
        ("CartPole-v1", "rgb_array"),
        ("CartPole-v1", "rgb_array_list"),
        ("Pendulum-v1", "rgb_array"),
        ("FrozenLake-v1", "ansi"),
        ("FrozenLake-v1", "ansi_list"),
        (TAXI, "rgb_array"),
        ("Odd/Drawing-v0", "ansi"),
        ("Odd/Drawing-v0", "rgbd_tuple"),
        ("Odd/Drawing-v0", "depth_array_list"),
        ("InvertedPendulum-v5", "rgb_array_list"),
        ("InvertedPendulum-v5", "rgbd_tuple"),
    ],
)
def test_pictures_are_the_same_as_those_of_local_environments(client: Client, env_id: str, mode: str) -> None:
    is_mujoco = env_id == "InvertedPendulum-v5"
    if is_mujoco and (missing := missing_opengl()):
        pytest.skip(missing)
    # With MuJoCo, the test makes only one environment: without a GPU, MuJoCo needs seconds for the first picture.
    n = 1 if is_mujoco else 2
    made = client.make(env_id, n, render_mode=mode, autoreset_mode=pb.AUTORESET_MODE_DISABLED)
    assert made.render_mode == mode
    local = [gymnasium.make(env_id, render_mode=mode, disable_env_checker=True) for _ in range(n)]
    client.reset(made.session_id, seed=3)
    for i, env in enumerate(local):
        env.reset(seed=3 + i)
    for _ in range(2):
        actions = some_actions(made)
        client.step(made.session_id, actions)
        for env, action in zip(local, actions, strict=True):
            env.step(action)
        frames = draw(client, made.session_id)
        expected: list[Any] = [env.render() for env in local]
        assert data_equivalence(frames, expected, exact=True)
    first = np.asarray(frames[0][0] if mode.endswith("_list") or mode == "rgbd_tuple" else frames[0])
    assert first.dtype.kind in "US" or first.max() > first.min(), "the picture is blank, so the test compares nothing"
    for env in local:
        env.close()


def test_pictures_do_not_depend_on_the_thread_or_process_that_renders(client: Client) -> None:
    if missing := missing_opengl():
        pytest.skip(missing)
    pictures = []
    for vectorization in (pb.VECTORIZATION_SYNC, pb.VECTORIZATION_ASYNC):
        made = client.make("InvertedPendulum-v5", render_mode="rgb_array", vectorization=vectorization)
        stream = client.stream()
        stream.ask(reset=pb.ResetRequest(session_id=made.session_id, seed=0))
        on_stream = decode_value(stream.ask(render=pb.RenderRequest(session_id=made.session_id)).frames[0])
        pictures += [on_stream, draw(client, made.session_id)[0], draw(client, made.session_id)[0]]
        stream.close()
    assert all(np.array_equal(picture, pictures[0]) for picture in pictures)
    assert pictures[0].std() > 10


def test_a_step_has_the_same_result_with_and_without_rendering(client: Client) -> None:
    drawn, plain = (client.make("CartPole-v1", 2, **kind) for kind in ({"render_mode": "rgb_array"}, {}))
    for made in (drawn, plain):
        client.reset(made.session_id, seed=0)
    draw(client, drawn.session_id)
    steps = [client.step(made.session_id, np.array([0, 1])) for made in (drawn, plain)]
    assert steps[0] == steps[1]


def test_pictures_that_cannot_be_rendered_are_refused(client: Client) -> None:
    code, detail = refusal(lambda: client.make("CartPole-v1", render_mode="depth_array"))
    assert code is Code.INVALID_ARGUMENT
    assert "'depth_array'; it has human, rgb_array, rgb_array_list" in detail.message
    code, detail = refusal(lambda: client.make("CartPole-v1", kwargs={"render_mode": "rgb_array"}))
    assert code is Code.INVALID_ARGUMENT
    assert "MakeRequest.render_mode" in detail.message
    made = client.make("CartPole-v1")
    assert not made.HasField("render_mode")
    client.reset(made.session_id)
    code, detail = refusal(lambda: draw(client, made.session_id))
    assert code is Code.FAILED_PRECONDITION
    assert "no render_mode was given in Make" in detail.message
    made = client.make("CartPole-v1", render_mode="rgb_array")
    code, detail = refusal(lambda: draw(client, made.session_id))
    assert code is Code.FAILED_PRECONDITION
    assert "never reset" in detail.message
    assert detail.session_alive
    code, _ = refusal(lambda: draw(client, "no-such-session"))
    assert code is Code.NOT_FOUND


def test_pictures_beyond_the_limits_of_the_operator_are_refused() -> None:
    server = ServerProcess("--max-frames", "5", "--max-held-frames", "4", "--max-message-mib", "1")
    try:
        client = Client(server.address)
        made = client.make("CartPole-v1", 2, render_mode="rgb_array")
        client.reset(made.session_id)
        code, detail = refusal(lambda: draw(client, made.session_id))
        assert code is Code.RESOURCE_EXHAUSTED
        assert "the pictures have 1440" in detail.message
        assert "--max-message-mib" in detail.message
        refusal(lambda: draw(client, made.session_id))
        code, detail = refusal(lambda: draw(client, made.session_id))
        assert "has drawn 4 pictures and would draw 2 more, but the server allows 5" in detail.message
        assert detail.session_alive
        client.step(made.session_id, np.array([0, 1]))

        made = client.make("FrozenLake-v1", 2, render_mode="ansi_list")
        client.reset(made.session_id)
        client.step(made.session_id, np.array([0, 1]))
        code, detail = refusal(lambda: client.step(made.session_id, np.array([0, 1])))
        assert code is Code.RESOURCE_EXHAUSTED
        assert "holds 4 pictures and would collect 2 more, but the server allows 4; fetch them" in detail.message
        assert detail.session_alive

        made = client.make("FrozenLake-v1", 2, render_mode="ansi_list", autoreset_mode=pb.AUTORESET_MODE_DISABLED)
        client.reset(made.session_id)
        # A reset of the first environment replaces its picture. The second environment keeps its picture.
        client.reset(made.session_id, reset_mask=b"\x01\x00")
        client.reset(made.session_id)
        code, detail = refusal(lambda: client.step(made.session_id, np.array([0, 1])))
        assert "has drawn 5 pictures and would draw 2 more" in detail.message

        made = client.make(
            "FrozenLake-v1",
            render_mode="ansi_list",
            max_episode_steps=1,
            autoreset_mode=pb.AUTORESET_MODE_SAME_STEP,
        )
        client.reset(made.session_id)
        for _ in range(2):
            client.step(made.session_id, np.array([0]))
        # Each step draws the last state of an episode and the first state of the next episode. Before the step, the
        # server counts one picture and checks the limit. After the step, it counts the second picture, without a check.
        code, detail = refusal(lambda: client.step(made.session_id, np.array([0])))
        assert "has drawn 5 pictures and would draw 1 more" in detail.message
        client.close()
    finally:
        server.kill()


def test_the_error_for_missing_opengl_says_what_to_install() -> None:
    code = (
        "import os, gymnasium, gymwire.server.opengl as opengl, ctypes.util\n"
        "ctypes.util.find_library = lambda name: None\n"
        "opengl.choose_opengl()\n"
        "assert 'MUJOCO_GL' not in os.environ\n"
        "from gymwire.server.recipe import EnvRecipe\n"
        "EnvRecipe(gymnasium.spec('Hopper-v5'), {}, None, 'rgb_array', ()).make()\n"
    )
    environment = {k: v for k, v in os.environ.items() if k not in ("MUJOCO_GL", "DISPLAY", "WAYLAND_DISPLAY")}
    result = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert "MissingDependencyError: MuJoCo finds no OpenGL" in result.stderr
    assert "libosmesa6" in result.stderr


class Painter(Drawing):
    """A picture has 360,000 bytes. All of its bytes are the number of steps since the reset."""

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        self._count = 0
        return super().reset(seed=seed, options=options)

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        self._count += 1
        return 0, 0.0, False, False, {}

    def render(self) -> Any:
        """Returns a picture."""
        return np.full((300, 400, 3), self._count, np.uint8)


def test_a_step_is_refused_before_the_collected_pictures_are_too_large_for_a_message() -> None:
    session = open_session(Painter, limits=Limits(max_message_mib=1), render_mode="rgb_array_list")
    step = pb.StepRequest(actions=encode_value(np.zeros(1, np.int64)))

    def painted() -> list[int]:
        (frames,) = ask(session, render=pb.RenderRequest()).frames
        return [int(picture[0, 0, 0]) for picture in decode_value(frames)]

    ask(session, reset=pb.ResetRequest())
    ask(session, step=step)
    for _ in range(2):
        with pytest.raises(QuotaError, match=r"would have about 1080300 bytes after this step.*fetch them with Render"):
            ask(session, step=step)
    assert painted() == [0, 1]
    ask(session, step=step)
    assert painted() == [2]
    assert painted() == []


def test_collected_pictures_that_are_too_large_for_a_message_are_not_lost() -> None:
    session = open_session(Painter, limits=Limits(max_message_mib=1), num_envs=3, render_mode="rgb_array_list")
    ask(session, reset=pb.ResetRequest())
    for _ in range(2):
        with pytest.raises(QuotaError, match=r"the pictures that wait have about 1080300 bytes.*use fewer env"):
            ask(session, render=pb.RenderRequest())


class DrawsWhereItWasMade(Drawing):
    """Its picture is a text: whether the thread that draws it has also made the environment."""

    def __init__(self, render_mode: str | None = None) -> None:
        super().__init__(render_mode)
        self._thread = threading.get_ident()

    def render(self) -> Any:
        """Returns the text."""
        return "the same thread" if threading.get_ident() == self._thread else "another thread"


@pytest.mark.parametrize("registered", [True, False])
def test_environments_are_drawn_on_the_thread_that_made_them(registered: bool) -> None:
    mode = {"render_mode": "ansi"}
    made: dict[str, Any] = {"kwargs": mode} if registered else mode
    session = open_session(DrawsWhereItWasMade, one_thread=False, **made)
    ask(session, reset=pb.ResetRequest())
    with ThreadPoolExecutor(1) as other:
        drawn = other.submit(ask, session, render=pb.RenderRequest()).result()
    assert decode_value(drawn.frames[0]) == "the same thread"
    session.close(1.0)


def test_a_registered_render_mode_needs_opengl_only_when_something_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "missing_opengl", lambda: "MuJoCo finds no OpenGL")
    spec = deepcopy(gymnasium.spec("Hopper-v5"))
    spec.kwargs["render_mode"] = "rgb_array"
    EnvRecipe(spec, {}, None, None, ()).make().close()
    with pytest.raises(MissingDependencyError, match="finds no OpenGL"):
        EnvRecipe(spec, {}, None, "rgb_array", ()).make()
