# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Runs each session in its own process, so that an environment harms neither other sessions nor the server.

The front process is the one that clients connect to (modules ``host`` and ``watch``). It passes the bytes of
requests on and never runs an environment's code. It asks a launcher for a process for each session. On Linux the
launcher is a fork server (``fork_server`` in the front process, ``forking`` in its own process). The fork server
has imported Gymnasium and forks in a few milliseconds. On other systems each process is spawned (``spawning``).
``child`` runs in the session's process, and ``confinement`` limits it.
"""
