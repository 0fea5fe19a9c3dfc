# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Runs each session in its own process, so that an environment harms neither other sessions nor the server.

Clients connect to the front process (modules ``host`` and ``watch``). The front process forwards the bytes of requests
and never runs an environment's code. For each session it asks a ``Launcher`` for a process. On Linux the ``Launcher``
is a fork server (module ``fork_server`` in the front process, module ``forking`` in the fork server's own process).
The fork server imports Gymnasium and the modules of the option ``--import`` before it forks, so the start of a process
takes a few milliseconds. If these imports start threads, a new fork server replaces the first one. The new one makes
none of these imports: each session's process then makes them itself. On other systems each process is spawned
(``spawning``). ``child`` runs in the session's process. On Linux, ``confinement`` limits this process.
"""
