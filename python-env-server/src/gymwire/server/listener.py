# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Binds an address and serves on it."""

import os
from concurrent import futures
from pathlib import Path

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from gymwire.server.errors import AddressInUseError
from gymwire.server.service import EnvironmentService
from gymwire.server.session_table import SessionTable
from gymwire.v1 import environment_service_pb2 as pb
from gymwire.v1 import environment_service_pb2_grpc as pb_grpc

_SERVICE = pb.DESCRIPTOR.services_by_name["EnvironmentService"].full_name

# Threads that streams cannot take, so that unary calls and health checks are always answered.
_UNARY_THREADS = 16


class Listener:
    """A serving gRPC server; `address` is where it really listens, a port of 0 replaced."""

    def __init__(
        self, address: str, *, max_sessions: int, max_envs: int, max_message_bytes: int, lease_seconds: float
    ) -> None:
        self._socket_path = Path(address.removeprefix("unix:")) if address.startswith("unix:") else None
        self._sessions = SessionTable(max_sessions, max_envs)
        max_streams = max_sessions
        self._server = grpc.server(
            futures.ThreadPoolExecutor(max_streams + _UNARY_THREADS, thread_name_prefix="rpc"),
            options=[
                # Two servers on one port would share its connections at random.
                ("grpc.so_reuseport", 0),
                ("grpc.max_receive_message_length", max_message_bytes),
                ("grpc.max_send_message_length", max_message_bytes),
                # Clients ping to notice a dead server within seconds.
                ("grpc.keepalive_permit_without_calls", 1),
                ("grpc.http2.min_ping_interval_without_data_ms", 500),
                ("grpc.http2.max_ping_strikes", 0),
            ],
        )
        service = EnvironmentService(self._sessions, lease_seconds, max_streams)
        pb_grpc.add_EnvironmentServiceServicer_to_server(service, self._server)
        self._health = health.HealthServicer()
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        reflection.enable_server_reflection((_SERVICE, health.SERVICE_NAME, reflection.SERVICE_NAME), self._server)
        self.address = self._bind(address)
        self._server.start()
        for name in ("", _SERVICE):
            self._health.set(name, health_pb2.HealthCheckResponse.SERVING)

    def stop(self, grace_seconds: float) -> None:
        """Ends the calls under way after the grace, closes all environments, and removes the socket file."""
        self._health.enter_graceful_shutdown()
        self._server.stop(grace_seconds).wait()
        self._sessions.close_all()
        if self._socket_path is not None:
            self._socket_path.unlink(missing_ok=True)

    def _bind(self, address: str) -> str:
        # Only the owner of the server may connect to its socket file.
        old_umask = os.umask(0o177)
        try:
            port = self._server.add_insecure_port(address)
        except RuntimeError as error:
            raise AddressInUseError(f"cannot listen on {address}: {error}") from error
        finally:
            os.umask(old_umask)
        return address if self._socket_path is not None else f"{address.rpartition(':')[0]}:{port}"
