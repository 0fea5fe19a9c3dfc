# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The listener for --lean: gRPC over HTTP/2 without grpcio's server. It is made for one local client, and takes less
time per message than grpcio's server.

One loop on the process's main thread receives requests, passes them to ``EnvironmentService`` and sends the answers.
The same thread makes the environments, steps them and closes them, so the server can host environments that need the
main thread. (With VECTORIZATION_ASYNC, each environment has its own process.) The consequences, and some other limits:

- Requests of all connections are answered one at a time. The connections take turns. In each turn, a connection gets
  at most one answer.
- The loop never waits for one client's socket. It keeps data that the socket does not accept yet. If these data
  become larger than the maximum size of a message, the loop stops reading this client's requests.
- While an environment works, nothing else happens, except that a second thread pings the clients.
- The loop notices a cancelled call only after it has answered the request under way.
- The loop does not read ``grpc-timeout``: the client itself must end calls that take too long.
- Messages are not compressed.

Read the modules in this order: ``listener``, ``loop``, ``connection``, ``inbound``, ``outbound``, ``stream`` and
``calls``. They use the modules ``frames``, ``headers``, ``transport`` and ``polling``.
"""
