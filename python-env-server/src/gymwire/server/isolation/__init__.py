# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Sessions in processes of their own: what an environment does harms no other session, nor the server.

The front process (``host``, ``watch``) passes the bytes of requests on and never runs an environment's code. It asks a
launcher for a process for each session. On Linux that is a fork server (``fork_server`` in front, ``forking`` in the
process itself), which has imported Gymnasium and forks in a few milliseconds; elsewhere each process is spawned
(``spawning``). ``child`` is what runs in the session's process, and ``confinement`` what it may do.
"""
