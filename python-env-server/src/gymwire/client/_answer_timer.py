# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Cancels a gRPC call whose next answer is late."""

import math
import threading
import time
from collections.abc import Callable


class AnswerTimer:
    """Calls `cancel` if an answer takes too long. One thread watches all answers of a call. Answers do not wake the
    thread: if an answer may take 60 seconds, the thread wakes about once in 60 seconds. A new thread for each answer
    would take a quarter of a millisecond."""

    def __init__(self, cancel: Callable[[], None]) -> None:
        self.expired = False
        """Whether `cancel` was called."""
        self._cancel = cancel
        self._changed = threading.Condition()
        self._deadline = math.inf  # On the monotonic clock; inf: no answer is awaited.
        self._wakes_at = math.inf
        self._thread: threading.Thread | None = None
        self._ended = False

    def start(self, seconds: float) -> None:
        """Starts to wait for an answer, for at most `seconds`."""
        with self._changed:
            self._deadline = time.monotonic() + seconds
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="gymwire-answer-timer", daemon=True)
                self._thread.start()
            elif self._deadline < self._wakes_at:
                self._changed.notify()

    def stop(self) -> None:
        """Stops waiting: the answer has come, or the call has failed, or the caller was interrupted."""
        with self._changed:
            self._deadline = math.inf

    def end(self) -> None:
        """Ends the thread."""
        with self._changed:
            self._ended = True
            self._changed.notify()

    def _watch(self) -> None:
        with self._changed:
            while not self._ended:
                left = self._deadline - time.monotonic()
                if left <= 0:
                    self._deadline = math.inf
                    self.expired = True
                    self._cancel()
                    return
                self._wakes_at = self._deadline
                # Python's locks have a maximum for finite timeouts.
                self._changed.wait(None if left > threading.TIMEOUT_MAX else left)
