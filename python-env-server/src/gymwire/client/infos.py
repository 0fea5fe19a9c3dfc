# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""The choice of the infos that the server sends, and the warning about infos that it cannot send."""

from collections.abc import Iterable, Sequence
from typing import Any

import gymnasium

from gymwire.v1 import environment_service_pb2 as pb

# True: all infos. False: no infos. A sequence: the infos with these keys.
InfoChoice = bool | Sequence[str]


def info_selection(infos: InfoChoice) -> pb.InfoSelection:
    """Returns the choice as a message for MakeRequest. Raises TypeError if `infos` is not a valid choice."""
    if isinstance(infos, bool):
        return pb.InfoSelection(all=pb.AllInfos()) if infos else pb.InfoSelection(none=pb.NoInfos())
    keys: Any = None if isinstance(infos, (str, bytes)) or not isinstance(infos, Iterable) else list(infos)
    if keys is None or not all(isinstance(key, str) for key in keys):
        raise TypeError(f'infos must be True, False or a list of keys such as ["x_position"]; got {infos!r}')
    if not keys:
        return pb.InfoSelection(none=pb.NoInfos())
    return pb.InfoSelection(keys=pb.InfoKeys(names=keys))


class OmittedInfoWarner:
    """Warns once about each info that the server omitted from its answers."""

    def __init__(self) -> None:
        self._warned: set[str] = set()

    def warn(self, omitted: Iterable[pb.OmittedInfo]) -> None:
        """Warns about each info for which there was no warning yet."""
        for info in omitted:
            if info.key not in self._warned:
                self._warned.add(info.key)
                gymnasium.logger.warn(
                    f"the info {info.key!r} is left out, because {info.reason}. "
                    "Everything else in the answer is complete. "
                    'To choose infos, give infos=["NAME", ...] or infos=False to RemoteEnv or RemoteVectorEnv'
                )
