"""Write matrix: answer, reports, and whether the code is in effect, for each fault."""

import time

import pytest
from zwave_js_server.const.command_class.access_control import SetCredentialResult
from zwave_js_server.exceptions import FailedZWaveCommand
from zwave_js_server.model.access_control import SetUserOptions

from tests.harness.waiting import wait_for

from .conftest import GetLock
from .lock_client import PIN
from .nodes import U3C, V1, V1_SECURE, V2, V2_SUPERVISED
from .write_matrix import MATRIX, NAMES, OK, UNKNOWN, WriteCase

pytestmark = pytest.mark.simulator

GONE = SetCredentialResult.ERROR_MODIFY_REJECTED_LOCATION_EMPTY
DUPLICATE = SetCredentialResult.ERROR_DUPLICATE_CREDENTIAL

SLOT, OLD, NEW = 5, "9051", "9052"
SLOW = 60
"""Seconds for an answer that nobody waits for to the end."""


@pytest.mark.parametrize("cell", MATRIX, ids=str)
async def test_a_write_answers_as_measured(lock: GetLock, cell: WriteCase) -> None:
    """Result, event and truth of each cell."""
    target = await lock(cell.node)
    await target.add_user(SLOT)
    if cell.modify:
        await target.add(SLOT, OLD)
    await target.credential_events()
    await target.fault(**cell.faults)

    result = await target.set(SLOT, NEW)

    reported = await target.credential_events()
    assert (result, bool(reported)) == (cell.result, cell.reported)
    assert (target.held(SLOT) == NEW) == cell.lands
    if cell.modify and not cell.lands:
        assert target.held(SLOT) == OLD


@pytest.mark.parametrize("node", [V2_SUPERVISED, V1_SECURE])
async def test_a_refusal_after_a_supervised_lie_blames_the_lie(
    lock: GetLock, node: int
) -> None:
    """The driver keeps what a supervised lock only claimed: the next write is a change."""
    target = await lock(node)
    await target.fault(dropWrites=1)
    assert await target.set(SLOT, OLD) is OK
    assert (await target.api.get_credential_cached(PIN, SLOT)) is not None

    await target.fault(rejectWrites=True)
    assert await target.set(SLOT, NEW) is GONE


@pytest.mark.parametrize("node", [V1, V2, V2_SUPERVISED, V1_SECURE])
async def test_a_duplicate_is_refused_without_a_reason_but_notified(
    lock: GetLock, node: int
) -> None:
    """The notification carries the slot that was refused."""
    target = await lock(node)
    await target.add(SLOT, OLD)
    target.events.clear()

    assert await target.set(6, OLD) is UNKNOWN

    await wait_for(
        lambda: any(event["event"] == "notification" for event in target.events)
    )
    assert await target.notifications() == [(15, {"userId": 6})]
    assert target.held(6) is None


async def test_a_duplicate_on_u3c_is_named(lock: GetLock) -> None:
    """User Credential CC has a word for it."""
    target = await lock(U3C)
    await target.add(SLOT, OLD)
    await target.add_user(6)
    assert await target.set(6, OLD) is DUPLICATE
    assert target.held(6) is None


@pytest.mark.parametrize("node", [V1, U3C])
async def test_a_lock_may_take_duplicates(lock: GetLock, node: int) -> None:
    """Not every lock compares its codes."""
    target = await lock(node)
    await target.fault(rejectDuplicates=False)
    await target.add(SLOT, OLD)
    await target.add_user(6)
    assert await target.set(6, OLD) is OK
    assert target.held(6) == OLD


@pytest.mark.parametrize(
    ("node", "result", "reported"),
    [
        (V1, UNKNOWN, False),
        (V2, UNKNOWN, False),
        (V2_SUPERVISED, OK, True),
        (U3C, OK, True),
    ],
)
async def test_a_late_commit_lands_after_the_answer(
    lock: GetLock, node: int, result: SetCredentialResult, reported: bool
) -> None:
    """Unsupervised the read-back is too early; supervised the answer is."""
    target = await lock(node)
    await target.add_user(SLOT)
    await target.credential_events()
    await target.fault(commitDelayMs=600)

    assert await target.set(SLOT, NEW) is result

    assert target.held(SLOT) is None
    await wait_for(lambda: target.held(SLOT) == NEW)
    assert bool(await target.credential_events()) is reported


@pytest.mark.parametrize(
    ("node", "seconds"),
    [(V1, 1.0), (V2, 1.0), (V2_SUPERVISED, 2.0), (V1_SECURE, 2.0)],
)
async def test_a_slow_lock_is_given_up_although_the_code_landed(
    lock: GetLock, node: int, seconds: float
) -> None:
    """The driver waits a second for an answer, for a supervised one and then for the read."""
    target = await lock(node)
    await target.credential_events()
    await target.fault(answerDelayMs=1000 * SLOW)
    began = time.monotonic()

    assert await target.set(SLOT, NEW) is UNKNOWN

    assert seconds <= time.monotonic() - began < SLOW
    assert target.held(SLOT) == NEW
    assert not target.events


async def test_late_answer_of_a_slow_lock_has_the_code(
    lock: GetLock,
) -> None:
    """So does User Credential, whose answer is a report for everybody."""
    target = await lock(U3C)
    await target.add_user(SLOT)
    await target.credential_events()
    await target.fault(answerDelayMs=2600)
    began = time.monotonic()

    assert await target.set(SLOT, NEW) is UNKNOWN

    assert time.monotonic() - began >= 1
    assert target.held(SLOT) == NEW
    await wait_for(
        lambda: [event["event"] for event in target.events] == ["credential added"]
    )
    # it came with the answer, long after the driver had given up
    assert time.monotonic() - began >= 2.6


async def test_a_dead_lock_fails_the_command_and_a_ping_revives_it(
    lock: GetLock,
) -> None:
    """No acknowledgement on the radio is the only failure that raises."""
    target = await lock(V1)
    await target.fault(dead=True)
    began = time.monotonic()

    with pytest.raises(FailedZWaveCommand) as failure:
        await target.set(SLOT, NEW)

    assert failure.value.zwave_error_code == 204
    assert time.monotonic() - began > 1
    await wait_for(lambda: "dead" in [event["event"] for event in target.events])
    assert target.process.truth(V1)["driver"]["status"] == "dead"
    assert target.held(SLOT) is None
    await target.fault(dead=False)
    assert await target.call(target.process.ping)
    await wait_for(lambda: "alive" in [event["event"] for event in target.events])


async def test_clear_and_set_shows_a_dropped_code_on_a_masked_lock(
    lock: GetLock,
) -> None:
    """An overwrite looks like the old code there; a write to an empty slot does not."""
    target = await lock(V1)
    await target.fault(maskReads="*")
    await target.add(SLOT, OLD)
    await target.fault(dropWrites=1)

    assert await target.clear(SLOT) is OK
    assert await target.set(SLOT, NEW) is UNKNOWN
    assert target.held(SLOT) is None


@pytest.mark.parametrize(
    ("node", "result", "reported"),
    [
        (V1, UNKNOWN, False),
        (V2, UNKNOWN, False),
        (V2_SUPERVISED, OK, True),
        (V1_SECURE, OK, True),
        (U3C, UNKNOWN, False),
    ],
)
async def test_a_dropped_clear_leaves_the_code(
    lock: GetLock, node: int, result: SetCredentialResult, reported: bool
) -> None:
    """A supervised lock can lie about a revocation too."""
    target = await lock(node)
    await target.add(SLOT, OLD)
    await target.credential_events()
    await target.fault(dropClears=True)

    assert await target.clear(SLOT) is result

    assert bool(await target.credential_events()) is reported
    assert target.held(SLOT) == OLD


async def test_a_u3c_lock_can_claim_a_clear(lock: GetLock) -> None:
    """The driver has no way to see it; deleting the user does not help."""
    target = await lock(U3C)
    await target.add(SLOT, OLD)
    await target.fault(dropClears=True, reportDropped=True)
    assert await target.clear(SLOT) is OK
    assert (await target.api.delete_user(SLOT)).name == "OK"
    assert target.held(SLOT) == OLD


@pytest.mark.parametrize("node", [V1, V2_SUPERVISED, U3C])
async def test_writes_and_clears_fail_apart(lock: GetLock, node: int) -> None:
    """A fault of writes leaves clears alone, and the other way round."""
    target = await lock(node)
    await target.add(SLOT, OLD)
    await target.fault(dropWrites=True, rejectWrites=True)
    assert await target.clear(SLOT) is OK
    assert target.held(SLOT) is None

    await target.fault(reset=True, dropClears=True, rejectClears=True)
    assert await target.set(SLOT, NEW) is OK
    assert target.held(SLOT) == NEW
    assert await target.clear(SLOT) is UNKNOWN
    assert target.held(SLOT) == NEW


@pytest.mark.parametrize("node", list(NAMES))
async def test_clear_is_reported(lock: GetLock, node: int) -> None:
    """All profiles say that a credential they knew is deleted."""
    target = await lock(node)
    await target.add(SLOT, OLD)
    await target.credential_events()
    assert await target.clear(SLOT) is OK
    assert await target.credential_events() == ["credential deleted"]
    assert target.held(SLOT) is None


async def test_add_user_may_leave_a_user_without_a_code(lock: GetLock) -> None:
    """On User Credential CC the two are separate commands, and only the second was refused."""
    target = await lock(U3C)
    await target.add(SLOT, OLD)
    await target.add_user_with_code(6, OLD)
    user = await target.api.get_user(6)
    assert user is not None
    assert user.active
    assert target.held(6) is None


async def test_reading_an_absent_user_spoils_the_next_write(lock: GetLock) -> None:
    """The driver keeps the empty answer as a user and asks for a change instead of an addition."""
    target = await lock(U3C)
    user = await target.api.get_user(6)
    assert user is not None
    assert not user.active
    assert (
        await target.api.set_user(6, SetUserOptions(active=True))
    ).name == "ERROR_MODIFY_REJECTED_LOCATION_EMPTY"
    assert (await target.api.set_user(6, SetUserOptions(active=True))).name == "OK"
