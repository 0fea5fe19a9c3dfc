# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""A second listener, for one local client that needs the shortest way: gRPC over HTTP/2, read and written by hand.

One blocking thread per connection receives a request, has ``EnvironmentService`` answer it, and sends the answer; no
other thread takes part. What follows from that: the streams of one connection are answered in the order in which their
messages arrive, one at a time, and a cancelled call is noticed once the request under way is answered. Deadlines are
the client's to keep (``grpc-timeout`` is not read), and messages are not compressed.

Reading order: ``listener``, ``connection``, ``inbound``, ``outbound``, ``stream``, ``calls``; what they stand on is in
``frames``, ``headers`` and ``transport``.
"""
