"""What is shown of a lock as a whole."""

import pytest

from custom_components.keyholder.logic.snapshots import lock_snapshot
from custom_components.keyholder.model.credential import CredentialRef
from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.lifecycle import Rules
from custom_components.keyholder.model.page import LockPage
from custom_components.keyholder.model.slot import Reason
from custom_components.keyholder.model.timing import Timing

RULES = Rules(best_evidence=Evidence.VALUE, timing=Timing())
ANN = CredentialRef("ann")


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
        LockPage(lock="front", name="Front"),
        RULES,
        {"ann"},
        {ANN: found},
        reachable=reachable,
        broken=False,
        storage_failed=False,
    )

    assert snapshot.waiting == {ANN: shown}
    assert snapshot.has_problem is (shown is not None)
