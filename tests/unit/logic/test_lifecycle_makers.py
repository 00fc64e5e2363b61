"""A lock that masks its codes may yet tell who made them."""

from dataclasses import replace

import pytest

from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.slot import (
    DesiredState,
    Observation,
    Origin,
    Reason,
    SlotState,
)
from custom_components.keyholder.model.slot_events import (
    ChangeKind,
    ResumeChoice,
    SlotNotice,
)
from tests.harness.logic.scenario import SUSPENDED, Scenario, in_sync
from tests.harness.logic.simulated_lock import UNMANAGED_CODE, Held

MASKING = Evidence.PRESENCE
SOMEBODYS = Held(UNMANAGED_CODE, foreign=True)


def telling(scenario: Scenario) -> Scenario:
    """Let the lock tell who made a code."""
    scenario.lock.tells_makers = True
    return scenario


def test_a_code_of_ours_is_in_sync_by_its_maker() -> None:
    scenario = telling(Scenario(MASKING))
    scenario.run()
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.record.observed.made_by_us is True
    assert scenario.record.evidence is Evidence.PRESENCE


def test_a_code_that_took_the_place_of_ours_unseen_is_found_by_its_maker() -> None:
    """Ours was cleared and theirs added while nobody listened: it stayed in sync."""
    scenario = telling(in_sync(MASKING))
    scenario.look()
    scenario.operations()

    scenario.keypad(UNMANAGED_CODE)
    scenario.look()
    scenario.run(30 * 24 * 3600)

    assert scenario.state() is SlotState.SUSPENDED
    assert scenario.reason() is Reason.OCCUPIED
    assert scenario.published() == [SlotNotice.CODE_CHANGED, SUSPENDED]
    assert scenario.lock.held == SOMEBODYS
    assert scenario.operations() == ["read"]


def test_a_code_that_replaced_ours_with_a_report_is_left_alone() -> None:
    """The report was believed, and the other's code cleared to put ours back."""
    scenario = telling(in_sync(MASKING))
    scenario.keypad(UNMANAGED_CODE, event=ChangeKind.CLEARED)
    scenario.run(24 * 3600)

    assert scenario.lock.held == SOMEBODYS
    assert scenario.reason() is Reason.OCCUPIED
    assert scenario.published() == [
        SlotNotice.CODE_REMOVED,
        SlotNotice.CODE_ADDED,
        SUSPENDED,
    ]


def test_a_dropped_write_is_not_proven_by_an_unmanaged_code() -> None:
    """Seen empty, written, seen occupied: by somebody who was faster."""
    scenario = telling(Scenario(MASKING))
    scenario.lock.drop_writes = 1
    scenario.holds_returns = True
    scenario.run(1)
    scenario.keypad(UNMANAGED_CODE)
    scenario.deliver()
    scenario.run(24 * 3600)

    assert scenario.lock.held == SOMEBODYS
    assert scenario.reason() is Reason.OCCUPIED


def test_ours_is_cleared_where_an_unmanaged_code_is() -> None:
    scenario = telling(in_sync(MASKING))
    scenario.keypad(UNMANAGED_CODE)
    scenario.want_absent()
    scenario.look()
    scenario.run()

    assert scenario.record.is_cleared
    assert scenario.lock.held == SOMEBODYS


def test_with_a_yes_theirs_is_cleared_and_ours_is_written() -> None:
    scenario = telling(in_sync(MASKING))
    scenario.keypad(UNMANAGED_CODE)
    scenario.look()
    scenario.run()
    scenario.published()

    scenario.resume(ResumeChoice.REPLACE)
    scenario.run()

    assert scenario.lock.held == Held("9071")
    assert scenario.state() is SlotState.IN_SYNC
    assert scenario.published() == []


def test_a_yes_is_for_the_code_that_was_seen() -> None:
    """Theirs went, ours was dropped, and another one came."""
    scenario = telling(Scenario(MASKING, held=SOMEBODYS))
    scenario.run()
    scenario.resume(ResumeChoice.REPLACE)
    scenario.lock.drop_writes = 1
    scenario.run(3)
    scenario.keypad(UNMANAGED_CODE)
    scenario.run(24 * 3600)

    assert scenario.lock.held == SOMEBODYS
    assert scenario.reason() is Reason.OCCUPIED


@pytest.mark.parametrize("origin", list(Origin))
def test_what_turns_up_and_was_made_by_us_is_ours(origin: Origin) -> None:
    """Of an older backup: nobody else has put it there, so it is not left there."""
    scenario = telling(Scenario(MASKING, desired=DesiredState.ABSENT))
    scenario.run()
    scenario.record = replace(scenario.record, origin=origin)
    scenario.lock.held = Held("9071")

    scenario.look()
    scenario.run()

    assert scenario.operations().count("clear") == 1
    assert scenario.record.is_cleared
    assert scenario.record.origin is Origin.MANAGED


def test_after_a_move_a_code_with_another_maker_is_recognised_as_such() -> None:
    scenario = telling(Scenario(MASKING, held=SOMEBODYS))
    scenario.record = replace(
        scenario.record, origin=Origin.UNCONFIRMED, observed=Observation()
    )
    scenario.run()

    assert scenario.reason() is Reason.OCCUPIED
    assert scenario.record.origin is Origin.UNMANAGED
