# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""A session in this process: answers its requests, and checks each request before an environment steps."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from gymnasium.vector import AutoresetMode

from gymwire.codec import encode_dict
from gymwire.codec.seeds import encode_seeds
from gymwire.codec.values import decode_string_dict
from gymwire.server.batches import ActionReader, ObservationWriter
from gymwire.server.calls import answer_call
from gymwire.server.errors import EnvironmentFailedError, InvalidRequestError, QuotaError, WrongStateError
from gymwire.server.failures import PASSED_ON, describe
from gymwire.server.hosting import HostedSession
from gymwire.server.limits import Limits
from gymwire.server.rendering import FrameBudget, render, waiting_bytes
from gymwire.server.security import Rules
from gymwire.server.seeds import known_seed, requested_seeds
from gymwire.server.snapshot import restore_worker, take_worker
from gymwire.server.worker import Worker
from gymwire.v1 import environment_service_pb2 as pb


class Session(HostedSession):
    """Answers the requests to the environments of one session."""

    def __init__(self, worker: Worker, wants_infos: bool, limits: Limits, rules: Rules) -> None:
        self.worker = worker
        self._wants_infos = wants_infos
        self._limits = limits
        self._rules = rules
        self._last_number = 0
        self._last_response: pb.ResetResponse | pb.StepResponse | pb.RestoreResponse | None = None
        self._observations = ObservationWriter(worker)
        self._actions = ActionReader(worker)
        same_step = worker.autoreset_mode is AutoresetMode.SAME_STEP
        self._frames = FrameBudget(
            worker.description.render_mode,
            worker.num_envs,
            limits,
            same_step,
            waiting=lambda: worker.each(waiting_bytes),
        )

    def answer(self, request: pb.InteractRequest) -> pb.InteractResponse:
        """See HostedSession."""
        kind = request.WhichOneof("request")
        response = pb.InteractResponse()
        # The methods fill the response's field in place, because protobuf would copy a separate message into the field.
        _METHODS[kind](self, getattr(request, kind), getattr(response, kind))
        return response

    def answer_bytes(self, request: pb.InteractRequest, data: bytes) -> bytes:
        """See HostedSession."""
        return self.answer(request).SerializeToString()

    def reset(self, request: pb.ResetRequest, response: pb.ResetResponse) -> None:
        """Starts new episodes. A repeated request gets the last response again."""
        if self._repeats(request.step_number, response):
            return
        mask = self._reset_mask(request.reset_mask)
        seeds = requested_seeds(request, self.worker.num_envs)
        options = decode_string_dict(request.options, "options") if request.HasField("options") else None
        if options is not None and "reset_mask" in options:
            raise InvalidRequestError("options may not contain 'reset_mask': use ResetRequest.reset_mask")
        self._frames.before_reset(mask)
        self.resets += 1
        outcome = self.worker.reset_envs(seeds, mask, options)
        self._frames.after_reset(mask)
        self._observations.write(response.observations)
        if self._wants_infos:
            response.infos.CopyFrom(encode_dict(outcome.infos))
        response.env_outputs.extend(outcome.outputs)
        response.omitted_infos.extend(outcome.omitted)
        self._add_seeds(response)
        self._remember(response)

    def step(self, request: pb.StepRequest, response: pb.StepResponse) -> None:
        """Steps the environments by the rules of the autoreset mode. A repeated request gets the last response
        again."""
        if self._repeats(request.step_number, response):
            return
        if self._last_response is None:
            raise WrongStateError("the session was never reset; send a Reset before the first Step")
        if self.worker.autoreset_mode is AutoresetMode.DISABLED and (
            ended := np.flatnonzero(self.worker.ended).tolist()
        ):
            raise WrongStateError(
                f"the episodes of the environments {ended} have ended and autoreset is disabled; "
                "name them in the reset_mask of a Reset before the next Step"
            )
        actions = self._actions.read(request.actions)
        self._frames.before_step()
        self.steps += 1
        outcome = self.worker.step_envs(actions)
        self._frames.after_step(outcome.reset_mask)
        self._observations.write(response.observations)
        response.rewards = outcome.rewards
        response.terminated = outcome.terminated
        response.truncated = outcome.truncated
        response.reset_mask = outcome.reset_mask
        if outcome.finals:
            response.finals.extend(outcome.finals)
        if self._wants_infos:
            response.infos.CopyFrom(encode_dict(outcome.infos))
            response.omitted_infos.extend(outcome.omitted)
        if outcome.outputs:
            response.env_outputs.extend(outcome.outputs)
        self._remember(response)

    def render(self, request: pb.RenderRequest, response: pb.RenderResponse) -> None:
        """Renders the environments in their current states."""
        if self.worker.description.render_mode is None:
            raise WrongStateError("the session cannot render: no render_mode was given in Make")
        if self._last_response is None:
            raise WrongStateError("the session was never reset; send a Reset before the first Render")
        self._frames.before_draw()
        response.frames.extend(self.worker.each(render))
        self._frames.after_draw()
        if (size := response.ByteSize()) > self._limits.max_message_bytes:
            raise QuotaError(
                f"the pictures have {size} bytes, but a message may have at most {self._limits.max_message_bytes} "
                "bytes; make smaller pictures, start the server with a higher --max-message-mib, or, if the render "
                "mode ends with '_list', call Render more often, so that fewer pictures are waiting"
            )

    def snapshot(self, request: pb.SnapshotRequest, response: pb.SnapshotResponse) -> None:
        """Takes a snapshot of each environment."""
        if self._last_response is None:
            raise WrongStateError("the session was never reset; send a Reset before the first Snapshot")
        response.snapshots.extend(take_worker(self.worker))
        if (size := response.ByteSize()) > self._limits.max_message_bytes:
            raise QuotaError(
                f"the snapshots have {size} bytes, but a message may have at most {self._limits.max_message_bytes} "
                "bytes; use fewer environments, or start the server with a higher --max-message-mib"
            )

    def restore(self, request: pb.RestoreRequest, response: pb.RestoreResponse) -> None:
        """Sets the environments' states. A repeated request gets the last response again."""
        if self._repeats(request.step_number, response):
            return
        restore_worker(self.worker, request.snapshots)
        self._observations.write(response.observations)
        self._add_seeds(response)
        self._remember(response)

    def call(self, request: pb.CallRequest, response: pb.CallResponse) -> None:
        """Reads or sets an attribute of the environments, or calls a method."""
        response.results.extend(answer_call(self.worker, request, self._rules))

    def close(self, seconds: float) -> None:
        """See HostedSession. Ignores `seconds`: the code of an environment in this process cannot be stopped. If the
        environments run in processes of their own, the worker has its own time limit."""
        try:
            self.worker.close()
        except PASSED_ON:
            raise
        except BaseException as error:
            raise EnvironmentFailedError(f"an environment failed to close: {describe(error)}") from error

    def abort(self) -> None:
        """Does nothing: a thread of this process cannot be stopped."""

    def _repeats(self, asked: int, response: Any) -> bool:
        """Returns whether a Reset, Step or Restore with the step number `asked` repeats the last successful request of
        these kinds. The number of a new request is the next number, or 0 if the client gives no number. Its response
        gets the next number. A repeat has the number and the kind of the last successful request. Its response becomes
        a copy of the last response. Raises WrongStateError for other requests."""
        expected = self._last_number + 1
        if asked in (0, expected):
            response.step_number = expected
            return False
        if asked == self._last_number and isinstance(self._last_response, type(response)):
            response.CopyFrom(self._last_response)
            return True
        raise WrongStateError(
            f"step_number {asked} is neither the next one ({expected}) nor a repeat of the last request "
            f"({self._last_number}); continue with {expected}"
        )

    def _add_seeds(self, response: pb.ResetResponse | pb.RestoreResponse) -> None:
        if self.worker.fields.seeds:
            response.seeds.CopyFrom(encode_seeds(self.worker.each(known_seed)))

    def _remember(self, response: Any) -> None:
        self._last_number += 1
        self._last_response = response

    def _reset_mask(self, mask: bytes) -> npt.NDArray[np.bool_]:
        n = self.worker.num_envs
        if not mask:
            return np.ones(n, dtype=np.bool_)
        if self.worker.autoreset_mode is not AutoresetMode.DISABLED:
            actual = "AUTORESET_MODE_" + self.worker.autoreset_mode.name
            raise InvalidRequestError(
                f"a reset_mask needs a session with AUTORESET_MODE_DISABLED, but this one has {actual}; "
                "leave it empty to reset all environments"
            )
        if len(mask) != n or mask.translate(None, b"\x00\x01") or b"\x01" not in mask:
            raise InvalidRequestError(
                f"reset_mask must be {n} bytes of 0 or 1 with at least one 1; got {len(mask)} bytes: {list(mask[:32])}"
            )
        if self._last_response is None and b"\x00" in mask:
            raise WrongStateError("the session's first Reset must reset all environments; leave reset_mask empty")
        return np.frombuffer(mask, dtype=np.bool_)


# The method that answers each kind of request. The keys are names of fields of InteractRequest and InteractResponse.
_METHODS: dict[str, Callable[[Session, Any, Any], None]] = {
    "step": Session.step,
    "reset": Session.reset,
    "render": Session.render,
    "snapshot": Session.snapshot,
    "restore": Session.restore,
    "call": Session.call,
}
