"""Parse the status of a command out of the error texts of the two Matter servers. Pure.

The status of a rejected command comes as the text of an error. The texts differ by
server, and may quote the arguments of the command, so that only their numbers are
parsed.
"""

from dataclasses import dataclass
from enum import IntEnum
import re
from typing import Final

from ...model.slot import Reason
from ..base import TemporarilyRefusedError


class Status(IntEnum):
    """Status codes of the Matter core specification, and 2 and 3 of the Door Lock cluster."""

    SUCCESS = 0
    FAILURE = 1
    DUPLICATE = 2
    OCCUPIED = 3
    UNSUPPORTED_ACCESS = 126
    UNSUPPORTED_ENDPOINT = 127
    UNSUPPORTED_COMMAND = 129
    INVALID_COMMAND = 133
    CONSTRAINT_ERROR = 135
    RESOURCE_EXHAUSTED = 137
    NOT_FOUND = 139
    TIMEOUT = 148
    BUSY = 156
    UNSUPPORTED_CLUSTER = 195
    NEEDS_TIMED_INTERACTION = 198


class CommandRejectedError(TemporarilyRefusedError):
    """The lock answered a command with a status other than success.

    `status` is that of the Door Lock cluster if the response has one besides the
    general status.
    """

    def __init__(self, status: int) -> None:
        """Keep the number, and nothing else that could contain a code."""
        super().__init__(f"status {status}")
        self.status = status
        busy = status == Status.BUSY
        self.reason = Reason.LOCK_BUSY if busy else Reason.LOCK_REFUSES


@dataclass(frozen=True, slots=True)
class CommandStatus:
    """The status of a command, and that of its cluster if there is one."""

    status: int
    cluster: int | None = None

    @property
    def effective_code(self) -> int:
        """Return the more specific of the two."""
        if self.status == Status.FAILURE and self.cluster is not None:
            return self.cluster
        return self.status


_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_OHF: Final = re.compile(r"\(code (\d{1,3})(?:; cluster code (\d{1,3}))?\)")
_OHF_BEFORE_SENDING: Final = re.compile(r"\(\w+/(\d{1,3})\)")
_CHIP: Final = re.compile(
    r"\(0x([0-9a-f]{1,2})(?:, clusterStatus: (0x[0-9a-f]{1,2}|\d{1,3}))?\)",
    re.IGNORECASE,
)


_UNREACHABLE: Final = re.compile(
    r"no longer responding|aborted|time(?:d )?out|unreachable|offline"
    r"|not (?:\(yet\) )?(?:available|connected|reachable|resolv)"
    r"|(?:session|subscription|channel|discovery) ",
    re.IGNORECASE,
)


def is_timeout_text(text: str) -> bool:
    """Return whether an error without a status says that the lock was unreachable.

    There is no list of these texts: one that is not known to be about the connection is
    taken for a failure of the command, which is not retried without end.
    """
    return bool(_UNREACHABLE.search(_QUOTED.sub("", text)))


def parse_status(text: str) -> CommandStatus | None:
    """Return the status in the text of an error of a Matter server, None without one.

    OHF Matter Server: `Failure (code 1; cluster code 3)`, and where it does not send
    the command `(ValidationOutOfBoundsError/135) ...`. python-matter-server:
    `InteractionModelError: Failure (0x1, clusterStatus: 3)`.
    """
    unquoted = _QUOTED.sub("", text)
    if found := _OHF.search(unquoted) or _OHF_BEFORE_SENDING.search(unquoted):
        cluster = found.groups()[1:]
        return CommandStatus(
            int(found[1]), int(cluster[0]) if cluster and cluster[0] else None
        )
    if found := _CHIP.search(unquoted):
        return CommandStatus(int(found[1], 16), int(found[2], 0) if found[2] else None)
    return None
