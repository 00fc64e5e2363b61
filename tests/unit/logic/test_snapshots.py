"""What is shown of a lock as a whole."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from custom_components.keyholder.logic.snapshots import (
    changed_credentials,
    lock_snapshot,
)
from custom_components.keyholder.model.credential import CredentialRef
from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.journal import LockJournalEntry
from custom_components.keyholder.model.slot import (
    DesiredState,
    Reason,
    SlotState,
)
from custom_components.keyholder.model.slot_events import LockTraits
from custom_components.keyholder.model.snapshot import LockSnapshot, SlotView
from custom_components.keyholder.model.timing import Timing

RULES = LockTraits(best_evidence=Evidence.VALUE, timing=Timing())
ANN = CredentialRef("ann")
BEN = CredentialRef("ben")


@pytest.mark.parametrize(
    ("reachable", "found", "shown"),
    [
        (True, None, None),
        (True, Reason.NO_FREE_SLOT, Reason.NO_FREE_SLOT),
        (False, None, Reason.LOCK_UNREACHABLE),
        (False, Reason.NO_ANSWER, Reason.LOCK_UNREACHABLE),
    ],
)
def test_who_waits_for_a_slot_of_a_lock_out_of_reach_waits_for_the_lock(
    reachable: bool,
    found: Reason | None,
    shown: Reason | None,
) -> None:
    snapshot = lock_snapshot(
        LockJournalEntry(lock="front", name="Front"),
        RULES,
        {"ann"},
        {ANN: found},
        reachable=reachable,
        incompatible=False,
        storage_failed=False,
    )

    assert snapshot.unassigned == {ANN: shown}
    assert snapshot.has_problem is (shown is not None)


def view(slot: int, credential: CredentialRef) -> SlotView:
    return SlotView(
        slot=slot,
        credential=credential,
        person_name=credential.person,
        desired=DesiredState.PRESENT,
        state=SlotState.IN_SYNC,
        evidence=Evidence.VALUE,
        verified_at=None,
        reason=None,
        owner_removed=False,
        orphaned=False,
    )


def snapshot(
    slots: Mapping[int, SlotView],
    waiting: Mapping[CredentialRef, Reason | None] | None = None,
) -> LockSnapshot:
    return LockSnapshot(
        lock="front",
        name="Front",
        reachable=True,
        incompatible=False,
        storage_failed=False,
        capabilities=None,
        slots=slots,
        unassigned=waiting or {},
    )


ANNS = view(1, ANN)
BENS = view(2, BEN)
HELD = snapshot({1: ANNS, 2: BENS})


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        (HELD, snapshot({1: view(1, ANN), 2: BENS}), set()),
        (HELD, snapshot({1: replace(ANNS, state=SlotState.SYNCING), 2: BENS}), {ANN}),
        (snapshot({1: ANNS}), snapshot({1: view(1, BEN)}), {ANN, BEN}),
        (snapshot({1: ANNS}), HELD, {BEN}),
        (HELD, snapshot({2: BENS}), {ANN}),
        (snapshot({}, {ANN: None, BEN: None}), snapshot({}, {BEN: None}), {ANN}),
        (snapshot({}, {ANN: None}), snapshot({}, {ANN: Reason.NO_FREE_SLOT}), {ANN}),
    ],
    ids=["nothing", "state", "owner", "new slot", "no slot", "waits no more", "reason"],
)
def test_only_people_whose_state_changed_are_notified(
    before: LockSnapshot, after: LockSnapshot, changed: set[CredentialRef]
) -> None:
    assert changed_credentials(before, after) == changed
