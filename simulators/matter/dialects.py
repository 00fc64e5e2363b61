"""Differences of the two Matter servers: error texts, checks, missing fields."""

from dataclasses import dataclass

from .commands import MUST_BE_TIMED
from .events import Data, Json
from .faults import UNREACHABLE
from .lock import RefusedError
from .terms import Status
from .users import NAME_LENGTH

_OHF_NAMES = {
    Status.FAILURE: "Failure",
    Status.INVALID_COMMAND: "Invalid command",
    Status.CONSTRAINT_ERROR: "Constraint error",
    Status.RESOURCE_EXHAUSTED: "Resource exhausted",
    Status.NOT_FOUND: "Not found",
    Status.TIMEOUT: "Timeout",
    Status.BUSY: "Busy",
    Status.UNSUPPORTED_COMMAND: "Unsupported command",
    Status.NEEDS_TIMED_INTERACTION: "Needs timed interaction",
}


_SPAN = ("localStartTime", "localEndTime")
_CHIP_NULLS: dict[str, tuple[str, ...]] = {
    "credentialExists": ("credentialData",),
    "weekDayIndex": ("daysMask", "startHour", "startMinute", "endHour", "endMinute"),
    "yearDayIndex": _SPAN,
    "holidayIndex": (*_SPAN, "operatingMode"),
}
"""What the CHIP server makes null where an answer leaves it out, by a field of the answer."""


class ServerError(Exception):
    """What the server answers in place of a result; the number picks the client's exception."""

    def __init__(self, details: str, code: int = 0) -> None:
        """Answer with this text."""
        super().__init__(details)
        self.details = details
        self.code = code


@dataclass(frozen=True)
class Dialect:
    """One server: its error texts, and what it checks before a command reaches a lock."""

    schema: int
    sdk: str

    def refusal(self, refused: RefusedError) -> str:
        """Return the error text for a status that came from the lock."""
        raise NotImplementedError

    def unreachable(self, node_id: int) -> ServerError:
        """Return the error for a node that is known to be unreachable."""
        raise NotImplementedError

    def check(self, command: str, payload: dict[str, Json], timed: bool) -> None:
        """Refuse what never reaches the lock."""
        raise NotImplementedError

    def answer(self, answer: Data | None) -> Data | None:
        """Return an answer as this server passes it on."""
        return answer


class _Ohf(Dialect):
    """The OHF Matter Server, on matter.js."""

    def refusal(self, refused: RefusedError) -> str:
        name = (
            _OHF_NAMES.get(Status(refused.status)) if refused.status in Status else None
        )
        words = f"code {refused.status}"
        if refused.cluster is not None:
            words += f"; cluster code {refused.cluster}"
        return f"{name or f'Status {refused.status}'} ({words})"

    def unreachable(self, node_id: int) -> ServerError:
        return ServerError(UNREACHABLE)

    def check(self, command: str, payload: dict[str, Json], timed: bool) -> None:
        name = payload.get("userName")
        if isinstance(name, str) and len(name) > NAME_LENGTH:
            raise ServerError(
                f'(ValidationOutOfBoundsError/135) String "{name}" is too long: '
                f"{len(name)}, max {NAME_LENGTH}."
            )

    def answer(self, answer: Data | None) -> Data | None:
        if answer is not None and "userUniqueID" in answer:
            return {**answer, "userUniqueId": answer["userUniqueID"]}
        return answer


class _Chip(Dialect):
    """python-matter-server, on the CHIP SDK."""

    def refusal(self, refused: RefusedError) -> str:
        known = refused.status in Status
        name = Status(refused.status).name if known else "UNKNOWN"
        words = f"0x{refused.status:x}"
        if refused.cluster is not None:
            words += f", clusterStatus: {refused.cluster}"
        camel = "".join(part.capitalize() for part in name.split("_"))
        return f"InteractionModelError: {camel} ({words})"

    def unreachable(self, node_id: int) -> ServerError:
        return ServerError(f"Node {node_id} is not (yet) available.", 3)

    def check(self, command: str, payload: dict[str, Json], timed: bool) -> None:
        if command in MUST_BE_TIMED and not timed:
            raise RefusedError(Status.NEEDS_TIMED_INTERACTION)

    def answer(self, answer: Data | None) -> Data | None:
        fields = next(
            (_CHIP_NULLS[key] for key in answer or () if key in _CHIP_NULLS), ()
        )
        return {**dict.fromkeys(fields), **answer} if answer else answer


OHF: Dialect = _Ohf(schema=13, sdk="matter-server/1.4.1")
CHIP: Dialect = _Chip(schema=11, sdk="2025.7.0")
