"""What a write answers under each fault, as measured."""

from dataclasses import dataclass
from typing import Literal

from zwave_js_server.const.command_class.access_control import SetCredentialResult

from .nodes import U3C, U3C_HIDDEN, U3C_SECURE, V1, V1_SECURE, V2, V2_SUPERVISED

OK = SetCredentialResult.OK
UNKNOWN = SetCredentialResult.ERROR_UNKNOWN

NAMES = {
    V1: "uc1",
    V2: "uc2",
    V2_SUPERVISED: "uc2-sup",
    U3C: "u3c",
    V1_SECURE: "uc1-sup-s2",
    U3C_HIDDEN: "u3c-noreadback",
    U3C_SECURE: "u3c-s2",
}


@dataclass(frozen=True)
class WriteCase:
    """One cell of the matrix."""

    fault: str
    node: int
    result: SetCredentialResult
    reported: bool
    """whether a credential event follows"""
    lands: bool
    faults: dict[str, bool | int | str]
    modify: bool = False

    def __str__(self) -> str:
        return f"{self.fault}-{NAMES[self.node]}"


def row(
    fault: str,
    faults: dict[str, bool | int | str],
    cells: dict[int, tuple[SetCredentialResult, bool, bool]],
    kind: Literal["new", "modify"] = "new",
) -> list[WriteCase]:
    """One row of the matrix: node -> result, reported, lands."""
    return [
        WriteCase(fault, node, *cell, faults=faults, modify=kind == "modify")
        for node, cell in cells.items()
    ]


HONEST = (OK, True, True)
AMBIGUOUS = (UNKNOWN, False, True)
FAILED = (UNKNOWN, False, False)
LIE = (OK, True, False)

MATRIX = [
    *row("none", {}, dict.fromkeys(NAMES, HONEST)),
    *row("none, modify", {}, dict.fromkeys(NAMES, HONEST), "modify"),
    *row(
        "masked *",
        {"maskReads": "*"},
        {
            V1: HONEST,
            V2: AMBIGUOUS,
            V2_SUPERVISED: HONEST,
            V1_SECURE: HONEST,
            U3C: HONEST,
        },
    ),
    *row(
        "masked short",
        {"maskReads": "short"},
        {V1: HONEST, V2: AMBIGUOUS, V2_SUPERVISED: HONEST, U3C: HONEST},
    ),
    *row(
        "masked zeros",
        {"maskReads": "zeros"},
        {V1: AMBIGUOUS, V2: AMBIGUOUS, V2_SUPERVISED: HONEST, U3C: HONEST},
    ),
    *row(
        "masked ff",
        {"maskReads": "ff"},
        {V1: AMBIGUOUS, V2: AMBIGUOUS, V2_SUPERVISED: HONEST, U3C: HONEST},
    ),
    *row(
        "masked empty",
        {"maskReads": "empty"},
        {V1: AMBIGUOUS, V2: AMBIGUOUS, V2_SUPERVISED: HONEST, U3C: HONEST},
    ),
    *row(
        "masked *, dropped, modify",
        {"maskReads": "*", "dropWrites": True},
        {V1: LIE, V2: FAILED, V2_SUPERVISED: LIE, V1_SECURE: LIE},
        "modify",
    ),
    *row(
        "masked *, dropped, new",
        {"maskReads": "*", "dropWrites": True},
        {V1: FAILED, V2: FAILED, V2_SUPERVISED: LIE, V1_SECURE: LIE},
    ),
    *row(
        "dropped",
        {"dropWrites": True},
        {V1: FAILED, V2: FAILED, V2_SUPERVISED: LIE, V1_SECURE: LIE, U3C: FAILED},
    ),
    *row(
        "dropped once",
        {"dropWrites": 1},
        {V1: FAILED, V2: FAILED, V2_SUPERVISED: LIE, V1_SECURE: LIE, U3C: FAILED},
    ),
    *row(
        "dropped and claimed",
        {"dropWrites": True, "reportDropped": True},
        {U3C: LIE, U3C_HIDDEN: LIE, U3C_SECURE: LIE},
    ),
    *row(
        "rejected",
        {"rejectWrites": True},
        {V1: FAILED, V2: FAILED, V2_SUPERVISED: FAILED, V1_SECURE: FAILED, U3C: FAILED},
    ),
    *row(
        "read without answer",
        {"unansweredReads": True},
        {
            V1: AMBIGUOUS,
            V2: AMBIGUOUS,
            V2_SUPERVISED: HONEST,
            V1_SECURE: HONEST,
            U3C: HONEST,
        },
    ),
    *row(
        "write without answer",
        {"unansweredWrites": True},
        {V1: HONEST, V2: HONEST, V2_SUPERVISED: HONEST, U3C: AMBIGUOUS},
    ),
    *row(
        "write without answer, dropped",
        {"unansweredWrites": True, "dropWrites": True},
        {V1: FAILED, V2_SUPERVISED: FAILED, U3C: FAILED},
    ),
    *row(
        "status 254",
        {"status254": True},
        {V1: AMBIGUOUS, V2: AMBIGUOUS, V2_SUPERVISED: HONEST},
    ),
]
