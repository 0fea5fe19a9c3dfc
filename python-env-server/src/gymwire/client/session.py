# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""A session in the server: its requests and their numbers."""

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

import grpc
from google.protobuf.message import DecodeError

from gymwire.client.connection import Connection
from gymwire.client.credentials import Credentials
from gymwire.client.infos import InfoChoice, OmittedInfoWarner, info_selection
from gymwire.client.seeds import check_seeds
from gymwire.codec import decode_value, encode_dict, encode_value
from gymwire.codec.seeds import decode_seeds, encode_seeds
from gymwire.v1 import environment_service_pb2 as pb
from gymwire.v1 import value_pb2

# The name of a wrapper, or a tuple of this name and keyword arguments of the wrapper's constructor. The name is
# "ActionMaskObservation", "module:Class", or the name of a class of gymnasium.wrappers.
WrapperChoice = str | tuple[str, Mapping[str, Any]]
_WRAPPER_FORM = 'the form "Name" or ("Name", {"argument": value})'


def chosen_wrappers(
    wrappers: Sequence[WrapperChoice], server_wrappers: Sequence[WrapperChoice]
) -> tuple[WrapperChoice, ...]:
    """Returns the wrappers that were given in one of the two arguments. Raises TypeError for a value of another
    form."""
    if wrappers and server_wrappers:
        raise TypeError(
            f"wrappers={wrappers!r} and server_wrappers={server_wrappers!r} are two names of one argument; "
            "give only one of them"
        )
    chosen = wrappers or server_wrappers
    if isinstance(chosen, (str, bytes)) or not isinstance(chosen, Sequence):
        raise TypeError(f"wrappers must be a list whose elements have {_WRAPPER_FORM}; got {chosen!r}")
    for wrapper in chosen:
        pair = isinstance(wrapper, (tuple, list)) and len(wrapper) == 2
        if not isinstance(wrapper[0] if pair else wrapper, str) or (pair and not isinstance(wrapper[1], Mapping)):
            raise TypeError(f"a wrapper must have {_WRAPPER_FORM}; got {wrapper!r}")
    return tuple(chosen)


def make_request(
    env_id: str,
    *,
    num_envs: int,
    render_mode: str | None,
    max_episode_steps: int | None,
    wrappers: Sequence[WrapperChoice],
    infos: InfoChoice,
    kwargs: Mapping[str, Any],
    **fields: Any,
) -> pb.MakeRequest:
    """Returns a MakeRequest. `fields` contains further fields by name."""
    request = pb.MakeRequest(
        env_id=env_id,
        num_envs=num_envs,
        kwargs=encode_dict(kwargs),
        max_episode_steps=max_episode_steps,
        render_mode=render_mode,
        infos=info_selection(infos),
        reset_seeds=True,
        **fields,
    )
    for wrapper in wrappers:
        name, arguments = (wrapper, {}) if isinstance(wrapper, str) else wrapper
        request.wrappers.add(name=name, kwargs=encode_dict(arguments))
    return request


class Session:
    """An open session with its own connection. Each Reset, Step and Restore has a number.

    `pending` is "reset", "step" or "restore" after such a request was sent. It becomes None when `finish` or `drain`
    has taken the answer, or when the answer can no longer come. A request stays pending if a timeout, Ctrl-C or a lost
    connection ended the wait for its answer: the server may have carried it out.
    """

    def __init__(
        self, address: str, credentials: Credentials, request: pb.MakeRequest, request_timeout: float | None = None
    ) -> None:
        self._connection = Connection(address, credentials, request_timeout)
        try:
            # The request is not repeated: a second Make would leave the first session open and unused.
            self.made: pb.MakeResponse = self._connection.ask(repeatable=False, make=request)
        except BaseException:
            self._connection.close()
            raise
        self._connection.hold(self.made.session_id)
        self._number = 0
        self.pending: str | None = None
        self._closed = False
        # Warns about infos that were left out: warn(omitted).
        self.warn = OmittedInfoWarner().warn
        # The seeds in the last Reset that was sent.
        self._given: Sequence[int | None] = ()
        # The seeds of the environments' generators after the last Reset or Restore; None if a seed is not known.
        self.seeds: Sequence[int | None] = [None] * self.made.num_envs

    @property
    def started(self) -> bool:
        """Returns whether a Reset or Restore has succeeded."""
        return self._number > 0

    def send_reset(self, seeds: Sequence[int | None], mask: bytes, options: Mapping[str, Any] | None) -> None:
        """Sends a Reset with one seed per environment; `finish` must follow."""
        check_seeds(seeds)
        request = pb.ResetRequest(session_id=self.made.session_id, step_number=self._number + 1, reset_mask=mask)
        if any(seed is not None for seed in seeds):
            request.seeds.CopyFrom(encode_seeds(seeds))
        if any(entry.HasField("big_value") for entry in request.seeds.seeds):
            self._connection.require("seeds", "seeds of 2**63 and more")
        if options is not None:
            request.options.CopyFrom(encode_dict(options))
        self._send(reset=request)
        self._given = seeds

    def send_step(self, actions: value_pb2.Value) -> None:
        """Sends a Step; `finish` must follow."""
        self._send(step=pb.StepRequest(session_id=self.made.session_id, step_number=self._number + 1, actions=actions))

    def drain(self) -> None:
        """Waits for the answer to a pending request, if there is one, and drops the answer, even if it is an error.
        Raises RemoteTimeoutError or ConnectionError if the answer does not come."""
        if self.pending is not None:
            try:
                self.finish()
            except Exception:
                if self.pending is not None:
                    raise

    def finish(self, timeout: float | None = None) -> Any:
        """Returns the response to the pending request. Raises RemoteTimeoutError after `timeout` seconds (None: the
        timeout of the connection), and ConnectionError if the connection is lost; the request then stays pending."""
        try:
            response = self._connection.receive(timeout)
        except Exception:
            # The exception can be the server's answer, for example a TimeoutError that an environment raised. The
            # request is pending only if the connection still waits.
            if not self._connection.waits:
                self.pending = None
            raise
        self.pending = None
        self._number = response.step_number
        if not isinstance(response, pb.StepResponse):
            self._note_seeds(response)
        if not isinstance(response, pb.RestoreResponse):
            self.warn(response.omitted_infos)
        return response

    def render(self) -> list[Any]:
        """Returns what each environment's render() returned."""
        # In modes that end in _list, render() empties a list of frames, so a repeated request would get an empty list.
        collects = self.made.render_mode.endswith("_list")
        request = pb.RenderRequest(session_id=self.made.session_id)
        response = self._connection.ask(repeatable=not collects, render=request)
        return [decode_value(frame) for frame in response.frames]

    def snapshots(self) -> list[bytes]:
        """Returns the state of each environment."""
        response = self._connection.ask(snapshot=pb.SnapshotRequest(session_id=self.made.session_id))
        return [snapshot.SerializeToString(deterministic=True) for snapshot in response.snapshots]

    def restore(self, snapshots: Sequence[bytes]) -> pb.RestoreResponse:
        """Puts each environment back into a state, and returns the response."""
        states = [_parse_snapshot(snapshot) for snapshot in snapshots]
        self._send(
            restore=pb.RestoreRequest(session_id=self.made.session_id, step_number=self._number + 1, snapshots=states)
        )
        return self.finish()

    def call(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> list[Any]:
        """Calls a method of each environment."""
        arguments = pb.CallArguments(args=[encode_value(value) for value in args], kwargs=encode_dict(kwargs))
        # The request is not repeated: the server would call the method a second time.
        return self._call(repeatable=False, name=name, call=arguments)

    def get_attr(self, name: str) -> list[Any]:
        """Reads an attribute of each environment."""
        return self._call(repeatable=True, name=name, get=pb.GetAttribute())

    def set_attr(self, name: str, values: Sequence[Any]) -> None:
        """Sets an attribute, to one value per environment."""
        encoded = value_pb2.ValueList(values=[encode_value(value) for value in values])
        self._call(repeatable=True, name=name, set=encoded)

    def close(self) -> None:
        """Closes the session and the connection. Waits for the answer to a pending request first. But if a timeout,
        Ctrl-C or a lost connection has ended the wait for this answer, this method takes at most some seconds. A server
        that cannot be reached, or that does not answer in time, closes the session when the session's lease runs out.
        In a process forked after the session was opened, this method does nothing."""
        if self._closed:
            return
        self._closed = True
        if not self._connection.is_of_this_process():
            return
        try:
            if self._connection.has_stream:
                with contextlib.suppress(Exception):
                    self.drain()
            if self._connection.has_stream:
                self._connection.ask(repeatable=False, close=pb.CloseRequest(session_id=self.made.session_id))
            else:
                self._connection.close_session()
        except (ConnectionError, TimeoutError, grpc.RpcError):
            pass
        finally:
            self._connection.close()

    def _send(self, **request: Any) -> None:
        self._connection.send(**request)
        (self.pending,) = request

    def _note_seeds(self, response: pb.ResetResponse | pb.RestoreResponse) -> None:
        if response.HasField("seeds"):
            self.seeds = decode_seeds(response.seeds)
        elif isinstance(response, pb.ResetResponse):  # This server does not report seeds.
            self.seeds = [old if new is None else new for old, new in zip(self.seeds, self._given, strict=True)]
        else:
            self.seeds = [None] * self.made.num_envs

    def _call(self, repeatable: bool, **fields: Any) -> list[Any]:
        request = pb.CallRequest(session_id=self.made.session_id, **fields)
        return [decode_value(result) for result in self._connection.ask(repeatable, call=request).results]


def _parse_snapshot(snapshot: bytes) -> value_pb2.Value:
    try:
        return value_pb2.Value.FromString(snapshot)
    except DecodeError as error:
        raise ValueError(
            f"these {len(snapshot)} bytes are not a snapshot ({error}); give what snapshot() or snapshots() returned"
        ) from error
