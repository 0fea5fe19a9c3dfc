# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Makes a session from a MakeRequest and describes it."""

from gymnasium.vector import AutoresetMode

from gymwire.codec import UnsupportedValueError, encode_space
from gymwire.codec.spaces import UnsupportedSpaceError
from gymwire.codec.values import decode_string_dict
from gymwire.server import environments
from gymwire.server.env_host import InfoKeys, ResponseFields
from gymwire.server.errors import (
    EnvironmentFailedError,
    InvalidRequestError,
    MissingDependencyError,
    QuotaError,
    RefusedArgumentsError,
)
from gymwire.server.failures import PASSED_ON, describe
from gymwire.server.hosting import HostSettings
from gymwire.server.processes import ProcessWorker
from gymwire.server.recipe import EnvRecipe
from gymwire.server.rendering import check_render_mode
from gymwire.server.security import Rules
from gymwire.server.session import Session
from gymwire.server.worker import DrawingThread, SyncWorker
from gymwire.server.wrappers import NamedWrapper, check_wrapper
from gymwire.v1 import environment_service_pb2 as pb

_OWN_ERRORS = (
    EnvironmentFailedError,
    InvalidRequestError,
    MissingDependencyError,
    QuotaError,
    RefusedArgumentsError,
    UnsupportedSpaceError,
    UnsupportedValueError,
)

_MODES = {
    pb.AUTORESET_MODE_UNSPECIFIED: AutoresetMode.SAME_STEP,
    pb.AUTORESET_MODE_NEXT_STEP: AutoresetMode.NEXT_STEP,
    pb.AUTORESET_MODE_SAME_STEP: AutoresetMode.SAME_STEP,
    pb.AUTORESET_MODE_DISABLED: AutoresetMode.DISABLED,
}
_WIRE_MODES = {mode: wire for wire, mode in _MODES.items()}


def check_make(request: pb.MakeRequest) -> None:
    """Raises InvalidRequestError if a number or mode in the request is outside its range."""
    if request.num_envs < 1:
        raise InvalidRequestError(f"num_envs must be at least 1; got {request.num_envs}")
    if request.autoreset_mode not in _MODES:
        raise InvalidRequestError(f"autoreset_mode must be 0 to {len(_MODES) - 1}; got {request.autoreset_mode}")
    limit = request.max_episode_steps
    if request.HasField("max_episode_steps") and limit != -1 and limit < 1:
        raise InvalidRequestError(f"max_episode_steps must be at least 1, or -1 for no limit; got {limit}")
    if request.vectorization not in pb.Vectorization.values():
        raise InvalidRequestError(f"vectorization must be 0 to 2; got {request.vectorization}")
    # NaN is refused too, because NaN >= 1 is false.
    if request.HasField("lease_seconds") and not request.lease_seconds >= 1:
        raise InvalidRequestError(f"lease_seconds must be at least 1; got {request.lease_seconds}")


def create_session(request: pb.MakeRequest, settings: HostSettings, *, one_thread: bool) -> Session:
    """Makes the environments of a checked request. `one_thread` means that the calling thread will also answer all
    requests to the session."""
    recipe = _recipe(request, settings.rules)
    fields = ResponseFields(_info_keys(request), request.env_outputs, request.reset_seeds)
    try:
        worker = _make_worker(request, recipe, fields, one_thread)
    except _OWN_ERRORS:
        raise
    except PASSED_ON:
        raise
    except BaseException as error:
        raise EnvironmentFailedError(f"{request.env_id} failed to start: {describe(error)}") from error
    return Session(worker, fields.infos, settings.limits, settings.rules)


def describe_session(session_id: str, session: Session, lease_seconds: float) -> pb.MakeResponse:
    """Returns the description of a new session for its client."""
    worker = session.worker
    description = worker.description
    in_processes = isinstance(worker, ProcessWorker)
    return pb.MakeResponse(
        session_id=session_id,
        num_envs=worker.num_envs,
        autoreset_mode=_WIRE_MODES[worker.autoreset_mode],
        spec=description.spec,
        single_observation_space=encode_space(worker.single_observation_space),
        single_action_space=encode_space(worker.single_action_space),
        observation_space=encode_space(worker.observation_space),
        action_space=encode_space(worker.action_space),
        metadata=description.metadata,
        lease_seconds=lease_seconds,
        vectorization=pb.VECTORIZATION_ASYNC if in_processes else pb.VECTORIZATION_SYNC,
        render_mode=description.render_mode,
        full_spec=description.full_spec,
        distributions=description.distributions,
    )


def _recipe(request: pb.MakeRequest, rules: Rules) -> EnvRecipe:
    spec = environments.find_spec(request.env_id, rules)
    kwargs = decode_string_dict(request.kwargs, "kwargs")
    rules.check_kwargs(kwargs)
    named = tuple(
        NamedWrapper(wrapper.name, decode_string_dict(wrapper.kwargs, f"the wrapper {wrapper.name}"))
        for wrapper in request.wrappers
    )
    for wrapper in named:
        check_wrapper(wrapper, rules)
        rules.check_files(wrapper.kwargs)
    mode = request.render_mode if request.HasField("render_mode") else None
    if mode is not None:
        environments.check_importable(spec)
        check_render_mode(spec, mode, rules.human)
    limit = request.max_episode_steps if request.HasField("max_episode_steps") else None
    own_module = request.env_id.rpartition(":")[0]
    modules = (*rules.modules, own_module) if own_module else rules.modules
    return EnvRecipe(spec, kwargs, limit, mode, named, modules, request.distributions)


def _make_worker(
    request: pb.MakeRequest, recipe: EnvRecipe, fields: ResponseFields, one_thread: bool
) -> SyncWorker | ProcessWorker:
    mode = _MODES[request.autoreset_mode]
    if request.vectorization == pb.VECTORIZATION_ASYNC:
        return ProcessWorker(recipe, request.num_envs, mode, fields)
    place = DrawingThread() if recipe.draws and not one_thread else None
    return SyncWorker(recipe, request.num_envs, mode, fields, place)


def _info_keys(request: pb.MakeRequest) -> InfoKeys:
    selection = request.infos.WhichOneof("selection")
    if selection == "none":
        return ()
    if selection == "keys":
        return tuple(dict.fromkeys(request.infos.keys.names))
    return None
