# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""A second listener, for one local client that needs the shortest way: gRPC over HTTP/2, read and written by hand.

One loop on the process's main thread receives requests, has ``EnvironmentService`` answer them, and sends the answers.
Environments live on that thread from Make to Close, so that those work which need the main thread. What follows from
that: requests are answered one at a time, whatever connection they come on; each connection has one answered, then the
next connection. No socket is waited for: what a client does not take yet is kept, and of a client that takes nothing no
more requests are read. While an environment works nothing else happens, but that a second thread pings the clients. A
cancelled call is noticed once the request under way is answered. Deadlines are the client's to keep (``grpc-timeout``
is not read), and messages are not compressed.

Reading order: ``listener``, ``loop``, ``connection``, ``inbound``, ``outbound``, ``stream``, ``calls``; what they stand
on is in ``frames``, ``headers``, ``transport`` and ``polling``.
"""
