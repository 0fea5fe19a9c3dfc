# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The state of a MuJoCo simulation."""

from typing import Any

import mujoco
import numpy as np

from gymwire.server.errors import SnapshotUnsupportedError, WrongStateError
from gymwire.server.mujoco_model import DIGEST_ATTRIBUTE, first_digest, model_digest
from gymwire.server.snapshot.parts import Part, check_keys, differ

# Quantities derived from the state. MuJoCo computed them in the last substep or directly after it. If there was no step
# after the reset, MuJoCo computed them in the reset. The reward of Ant's next step depends on the xpos that is saved
# here, and the reward of Humanoid's next step on xipos. A client can see the other quantities in rendered pictures and
# in attributes of the environment. All are saved, because mj_forward would not compute exactly the same bits from the
# restored state. The list contains no arrays of indices: a forged index could make MuJoCo read outside its memory.
_DERIVED = [
    "xpos",
    "xquat",
    "xmat",
    "xipos",
    "ximat",
    "xanchor",
    "xaxis",
    "geom_xpos",
    "geom_xmat",
    "site_xpos",
    "site_xmat",
    "cam_xpos",
    "cam_xmat",
    "light_xpos",
    "light_xdir",
    "subtree_com",
    "cinert",
    "cvel",
    "cacc",
    "cfrc_int",
    "cfrc_ext",
    "qacc",
    "qfrc_bias",
    "qfrc_passive",
    "qfrc_actuator",
    "qfrc_constraint",
    "actuator_force",
    "actuator_length",
    "actuator_velocity",
    "ten_length",
    "sensordata",
]

_INTEGRATION = mujoco.mjtState.mjSTATE_INTEGRATION


class Physics(Part):
    """The simulation of a MujocoEnv: the full integration state, the quantities derived from it, and a digest of the
    model. The model itself is not saved, so it must not change after the environment was made.

    Contacts and constraints (`data.contact`, `data.ncon`, `data.efc_*`) are not saved. After a restore they are empty
    until the next simulation step, which computes them before it uses them. A restore cannot compute them, because they
    belong to the state before the last substep."""

    def __init__(self) -> None:
        super().__init__("physics", "model", "data", DIGEST_ATTRIBUTE)

    def take(self, owner: Any) -> dict[str, Any]:
        state = np.empty(mujoco.mj_stateSize(owner.model, _INTEGRATION))
        mujoco.mj_getState(owner.model, owner.data, state, _INTEGRATION)
        return {
            "model": _unchanged_digest(owner),
            "state": state,
            "derived": {name: getattr(owner.data, name).copy() for name in _DERIVED},
        }

    def check(self, owner: Any, value: Any) -> None:
        check_keys("physics", value, ("model", "state", "derived"))
        if differ(_unchanged_digest(owner), value["model"]):
            raise WrongStateError(
                "the MuJoCo model differs from the model in the snapshot; make the session with the arguments of the "
                "snapshot's session"
            )
        _check_array("state", value["state"], np.empty(mujoco.mj_stateSize(owner.model, _INTEGRATION)))
        check_keys("derived", value["derived"], tuple(_DERIVED))
        for name in _DERIVED:
            _check_array(name, value["derived"][name], getattr(owner.data, name))

    def put(self, owner: Any, value: Any) -> None:
        # mj_setState does not clear the old warnings and contacts. mj_resetData clears them.
        mujoco.mj_resetData(owner.model, owner.data)
        mujoco.mj_setState(owner.model, owner.data, value["state"].copy(), _INTEGRATION)
        for name in _DERIVED:
            getattr(owner.data, name)[...] = value["derived"][name]


class Camera(Part):
    """The point that MuJoCo's free camera looks at. If the camera's configuration has no such point (`lookat`), the
    value is None until the first picture is drawn. The first picture then sets the point to the median of the positions
    of the model's geoms (its geometric shapes)."""

    def __init__(self) -> None:
        super().__init__("camera", "mujoco_renderer")

    def take(self, owner: Any) -> Any:
        renderer = owner.mujoco_renderer
        viewer = renderer._viewers.get(owner.render_mode)
        if viewer is not None:
            return viewer.cam.lookat.copy()
        lookat = (renderer.default_cam_config or {}).get("lookat")
        return None if lookat is None else np.array(lookat, dtype=np.float64)

    def check(self, owner: Any, value: Any) -> None:
        if value is not None:
            _check_array("camera", value, np.empty(3))

    def put(self, owner: Any, value: Any) -> None:
        renderer = owner.mujoco_renderer
        defaults = {key: each for key, each in (renderer.default_cam_config or {}).items() if key != "lookat"}
        renderer.default_cam_config = defaults if value is None else {**defaults, "lookat": value.copy()}
        # The next rendering makes a new viewer with these defaults.
        renderer.close()
        renderer._viewers.clear()


def _check_array(name: str, array: Any, like: Any) -> None:
    if not isinstance(array, np.ndarray) or array.dtype != like.dtype or array.shape != like.shape:
        raise ValueError(f"{name} must be {like.dtype} of shape {like.shape}; got {array!r:.80}")


def _unchanged_digest(owner: Any) -> str:
    """Returns the digest of the owner's model. Raises SnapshotUnsupportedError if the model has changed since the owner
    was made: an environment that continues from a snapshot would have another model."""
    digest = model_digest(owner.model)
    if digest != first_digest(owner):
        raise SnapshotUnsupportedError(
            f"the MuJoCo model of {type(owner).__name__} has changed since it was made, for example because"
            " reset_model sets self.model.body_mass, and snapshots do not contain the model; to save the state, leave"
            " self.model as the constructor makes it"
        )
    return digest
