# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The gRPC server: binds an address and serves on it."""

import os
import threading
from collections.abc import Callable, Iterator
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection, reflection_pb2_grpc

from gymwire.server.access import KEY_REMEDY, TokenCheck
from gymwire.server.addresses import is_unix
from gymwire.server.errors import AddressInUseError
from gymwire.server.hosting import Host, HostSettings
from gymwire.server.parsing import ParseCheck
from gymwire.server.service import EnvironmentService
from gymwire.server.session_log import SessionLog
from gymwire.server.session_table import SessionTable
from gymwire.v1 import environment_service_pb2 as pb
from gymwire.v1 import environment_service_pb2_grpc as pb_grpc

_SERVICE = pb.DESCRIPTOR.services_by_name["EnvironmentService"].full_name

# Threads that streams cannot use, so that unary calls (one request, one response) and health checks are answered even
# if all streams are open.
_UNARY_THREADS = 16
_REFLECTION_STREAMS = 4

# Calls wait when all threads are busy. When this number of calls wait, further calls are refused immediately, so that a
# flood of calls cannot fill the memory.
_WAITING_CALLS = 256

_MILLISECONDS = 1000
# If a client's machine disappears without closing its connection, the server notices this after at most
# _KEEPALIVE_SECONDS + _KEEPALIVE_TIMEOUT_SECONDS. Until then, the client's streams stay open. Then the server ends
# them, and the leases of their sessions begin (see proto/README.md).
_KEEPALIVE_SECONDS = 20
_KEEPALIVE_TIMEOUT_SECONDS = 10


class Listener:
    """A serving gRPC server. `address` is the address that it listens on, with the real port instead of 0."""

    def __init__(
        self,
        address: str,
        *,
        settings: HostSettings,
        make_host: Callable[[SessionTable], Host],
        log: SessionLog,
        token: str | None,
        tls: grpc.ServerCredentials | None,
    ) -> None:
        limits = settings.limits
        self._socket_path = Path(address.removeprefix("unix:")) if is_unix(address) else None
        self._tls = tls
        self._interrupted = threading.Event()
        self._sessions = SessionTable(limits, log)
        self._host = make_host(self._sessions)
        threads = limits.max_streams + _REFLECTION_STREAMS + _UNARY_THREADS
        self._server = grpc.server(
            futures.ThreadPoolExecutor(threads, thread_name_prefix="rpc"),
            maximum_concurrent_rpcs=threads + _WAITING_CALLS,
            interceptors=[*([] if token is None else [TokenCheck(token)]), ParseCheck(_SERVICE)],
            options=[
                # If this option were on, two servers on one port would share its connections randomly.
                ("grpc.so_reuseport", 0),
                ("grpc.max_receive_message_length", limits.max_message_bytes),
                ("grpc.max_send_message_length", limits.max_message_bytes),
                # The server's own pings.
                ("grpc.keepalive_time_ms", _KEEPALIVE_SECONDS * _MILLISECONDS),
                ("grpc.keepalive_timeout_ms", _KEEPALIVE_TIMEOUT_SECONDS * _MILLISECONDS),
                # 0 allows any number of these pings without data between them.
                ("grpc.http2.max_pings_without_data", 0),
                # Clients ping to notice a server that has disappeared. These options allow frequent pings.
                ("grpc.keepalive_permit_without_calls", 1),
                ("grpc.http2.min_ping_interval_without_data_ms", 500),
                ("grpc.http2.max_ping_strikes", 0),
            ],
        )
        service = EnvironmentService(self._sessions, self._host, limits, settings.rules)
        pb_grpc.add_EnvironmentServiceServicer_to_server(service, self._server)
        self._health = health.HealthServicer()
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        names = (_SERVICE, health.SERVICE_NAME, reflection.SERVICE_NAME)
        reflection_pb2_grpc.add_ServerReflectionServicer_to_server(_Reflection(names), self._server)
        self.address = self._bind(address)
        self._server.start()
        for name in ("", _SERVICE):
            self._health.set(name, health_pb2.HealthCheckResponse.SERVING)

    def serve(self) -> None:
        """Waits for `interrupt`. Other threads answer the calls."""
        self._interrupted.wait()

    def interrupt(self) -> None:
        """Makes `serve` return. Any thread may call this method."""
        self._host.begin_to_stop()
        self._interrupted.set()

    def stop(self, grace_seconds: float) -> None:
        """Ends the calls under way after the grace period, closes all environments, and removes the socket file."""
        self._health.enter_graceful_shutdown()
        self._server.stop(grace_seconds).wait()
        self._sessions.close_all(side_by_side=True)
        self._host.close()
        if self._socket_path is not None:
            self._socket_path.unlink(missing_ok=True)

    def _bind(self, address: str) -> str:
        # Only the user who runs the server, and root, may connect to the socket file.
        old_umask = os.umask(0o177)
        try:
            if self._tls is None:
                port = self._server.add_insecure_port(address)
            else:
                port = self._server.add_secure_port(address, self._tls)
        except RuntimeError as error:
            # gRPC's error is the same if the address is in use and if it cannot use the certificate.
            remedy = "" if self._tls is None else f"; if gRPC cannot use the certificate, {KEY_REMEDY}"
            raise AddressInUseError(f"cannot listen on {address}: {error}{remedy}") from error
        finally:
            os.umask(old_umask)
        return address if self._socket_path is not None else f"{address.rpartition(':')[0]}:{port}"


class _Reflection:
    """Describes the services, on only a few streams at the same time: an open stream takes a thread."""

    def __init__(self, service_names: tuple[str, ...]) -> None:
        self._servicer: Any = reflection.ReflectionServicer(service_names)
        self._free_streams = threading.BoundedSemaphore(_REFLECTION_STREAMS)

    def ServerReflectionInfo(  # noqa: N802 (the name of the call)
        self, request_iterator: Iterator[Any], context: grpc.ServicerContext
    ) -> Iterator[Any]:
        """Answers a stream of questions."""
        if not self._free_streams.acquire(blocking=False):
            message = (
                f"{_REFLECTION_STREAMS} reflection streams are open, which is the maximum that the server allows; "
                "end one"
            )
            context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, message)
        try:
            yield from self._servicer.ServerReflectionInfo(request_iterator, context)
        finally:
            self._free_streams.release()
