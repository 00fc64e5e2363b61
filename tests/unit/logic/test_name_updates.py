"""When a lock that keeps names with its codes is given a new one."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from custom_components.keyholder.logic.lifecycle import reduce
from custom_components.keyholder.logic.name_updates import is_name_due
from custom_components.keyholder.model.credential import CredentialRef
from custom_components.keyholder.model.disabled_code import DisabledCode
from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.slot import (
    DesiredState,
    Operation,
    SlotRecord,
    Target,
)
from custom_components.keyholder.model.slot_events import CommandStarted, LockTraits
from custom_components.keyholder.model.timing import Timing

NOW = datetime(2026, 8, 1, 12, tzinfo=UTC)
TRAITS = LockTraits(best_evidence=Evidence.PRESENCE, timing=Timing())
RENAMED = SlotRecord(
    slot=1,
    credential=CredentialRef("ann"),
    person_name="Anna",
    target=Target(DesiredState.PRESENT, 1),
    evidence=Evidence.PRESENCE,
    name_outdated=True,
)
ABSENT = replace(RENAMED, target=Target(DesiredState.ABSENT, 1))


@pytest.mark.parametrize(
    ("record", "due"),
    [
        (RENAMED, True),
        (replace(RENAMED, name_outdated=False), False),
        (replace(RENAMED, evidence=Evidence.NONE), False),
        (replace(RENAMED, needs_read=True), False),
        (ABSENT, False),
        (
            replace(ABSENT, disabled_code=DisabledCode(revision=1, disabled_since=NOW)),
            True,
        ),
    ],
    ids=["proven", "named", "unproven", "doubted", "cleared", "disabled"],
)
def test_a_name_is_due_while_the_code_is_proven_to_be_there(
    record: SlotRecord, due: bool
) -> None:
    """Clause 16.41: a code that is still to be written takes its name along."""
    assert is_name_due(record) is due


@pytest.mark.parametrize(
    ("operation", "outdated"), [(Operation.WRITE, False), (Operation.CLEAR, True)]
)
def test_a_write_brings_the_name_along(operation: Operation, outdated: bool) -> None:
    """Clause 16.41: no command for a name that is on its way with the code."""
    record, _ = reduce(RENAMED, CommandStarted(operation), NOW, TRAITS)
    assert record.name_outdated is outdated
