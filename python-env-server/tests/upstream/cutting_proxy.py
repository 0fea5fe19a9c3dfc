# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""A TCP proxy in front of a server's Unix socket; tests can cut its connections."""

import contextlib
import socket
import threading


class CuttingProxy:
    """Passes bytes in both directions. Clients connect to `address`. While `swallows_replies` is True, the server's
    bytes do not reach the clients. While `is_down` is True, new connections end immediately."""

    def __init__(self, server_address: str) -> None:
        self._path = server_address.removeprefix("unix:")
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.connections = 0
        self.swallows_replies = False
        self.swallowed = threading.Event()
        """Whether bytes of the server have been swallowed."""
        self.is_down = False
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Cuts all open connections, and sets `swallows_replies` to False. The proxy still accepts new connections."""
        sockets, self._open = self._open, []
        for each in sockets:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        self.swallows_replies = False

    def close(self) -> None:
        """Closes the listening socket, and cuts all open connections. On Linux, one more client may still connect: the
        waiting `accept` keeps the socket open."""
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                if self.is_down:
                    client.close()
                    continue
                server = socket.socket(socket.AF_UNIX)
                server.connect(self._path)
                self.connections += 1
                self._open += [client, server]
                threading.Thread(target=self._pass, args=(client, server, False), daemon=True).start()
                threading.Thread(target=self._pass, args=(server, client, True), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, is_reply: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if is_reply and self.swallows_replies:
                    self.swallowed.set()
                else:
                    target.sendall(data)
