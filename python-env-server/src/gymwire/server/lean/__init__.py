# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""A second listener, for one local client that needs the least time per message: gRPC over HTTP/2 without grpcio.

One loop on the process's main thread receives requests, passes them to ``EnvironmentService`` and sends the answers.
Environments are on that thread from Make to Close, so environments that need the main thread work. The consequences:

- Requests of all connections are answered one at a time. The connections take turns, with one answer in each turn.
- The loop never waits for a socket. It keeps answers that a client does not read yet. If a client reads none, the loop
  stops reading its requests.
- While an environment works, nothing else happens, except that a second thread pings the clients.
- The loop notices a cancelled call only after it has answered the request under way.
- The client itself keeps its deadlines (``grpc-timeout`` is not read), and messages are not compressed.

Reading order: ``listener``, ``loop``, ``connection``, ``inbound``, ``outbound``, ``stream``, ``calls``. They use
``frames``, ``headers``, ``transport`` and ``polling``.
"""
