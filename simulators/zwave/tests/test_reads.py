"""Answers to live reads, and the cache of the driver."""

from typing import Any, NamedTuple

import pytest
from zwave_js_server.exceptions import FailedZWaveCommand

from tests.harness.waiting import wait_for

from .conftest import GetLock
from .lock_client import PIN, Lock
from .nodes import U3C, U3C_HIDDEN, V1, V1_SECURE, V2, V2_SUPERVISED

pytestmark = pytest.mark.simulator

SLOT, CODE = 5, "9061"
EMPTY = {"userIdStatus": 0, "userCode": ""}


def occupied(code: object) -> dict[str, Any]:
    """The raw answer for an occupied slot."""
    return {"userIdStatus": 1, "userCode": code}


async def unified(lock: Lock) -> tuple[int, str | bytes | None] | None:
    """Owner and data of the slot as the client's call gives them."""
    found = await lock.api.get_credential(PIN, SLOT)
    return (found.user_id, found.data) if found else None


class Read(NamedTuple):
    """What a slot holds, what is wrong, and what a reader gets."""

    faults: dict[str, bool | int | str]
    filled: bool
    by_call: tuple[int, str | bytes | None] | None
    by_raw: dict[str, Any] | None = None


UNAVAILABLE = {"userIdStatus": 254, "userCode": ""}
BUFFER = {"type": "Buffer", "data": [255] * 4}
USER_CODE_READS = {
    "empty": Read({}, False, None, EMPTY),
    "occupied": Read({}, True, (SLOT, CODE), occupied(CODE)),
    "no answer": Read({"unansweredReads": True}, True, None, None),
    "slow": Read({"answerDelayMs": 2600}, True, None, None),
    "stored, and read as empty": Read({"readsEmpty": SLOT}, True, None, EMPTY),
    "status 254": Read({"status254": True}, True, None, UNAVAILABLE),
    "reserved": Read({"reservedSlots": SLOT}, True, None, UNAVAILABLE),
    "not reserved": Read({"reservedSlots": SLOT - 1}, False, None, EMPTY),
    "*": Read({"maskReads": "*"}, True, (SLOT, "****"), occupied("****")),
    "*, empty": Read({"maskReads": "*"}, False, None, EMPTY),
    "short": Read({"maskReads": "short"}, True, (SLOT, "****"), occupied("****")),
    "zeros": Read({"maskReads": "zeros"}, True, (SLOT, ""), occupied("")),
    "ff": Read({"maskReads": "ff"}, True, (SLOT, b"\xff" * 4), occupied(BUFFER)),
    # An occupied slot without a code is no valid report: the driver drops it
    "no code": Read({"maskReads": "empty"}, True, None, None),
}
U3C_READS = {
    "empty": (U3C, Read({}, False, (0, ""))),
    "occupied": (U3C, Read({}, True, (SLOT, CODE))),
    "hidden, empty": (U3C_HIDDEN, Read({}, False, (0, None))),
    "hidden, occupied": (U3C_HIDDEN, Read({}, True, (SLOT, None))),
    "no answer": (U3C, Read({"unansweredReads": True}, True, None)),
    "slow": (U3C, Read({"answerDelayMs": 1300}, True, None)),
    "*": (U3C, Read({"maskReads": "*"}, True, (SLOT, "****"))),
    "short": (U3C, Read({"maskReads": "short"}, True, (SLOT, "****"))),
    "zeros": (U3C, Read({"maskReads": "zeros"}, True, (SLOT, "\0" * 4))),
    "ff": (U3C, Read({"maskReads": "ff"}, True, (SLOT, "\ufffd" * 4))),
    "no code": (U3C, Read({"maskReads": "empty"}, True, (SLOT, ""))),
}


@pytest.mark.parametrize("node", [V1, V1_SECURE])
@pytest.mark.parametrize("case", USER_CODE_READS.values(), ids=USER_CODE_READS)
async def test_user_code_reads(lock: GetLock, node: int, case: Read) -> None:
    """The call's None means empty, no answer or 254; the raw read distinguishes them."""
    target = await lock(node)
    if case.filled:
        await target.act("unreported_set_code", slot=SLOT, code=CODE)
    await target.fault(**case.faults)
    assert await unified(target) == case.by_call
    assert await target.read(SLOT) == case.by_raw


@pytest.mark.parametrize(("node", "case"), U3C_READS.values(), ids=U3C_READS)
async def test_u3c_reads(lock: GetLock, node: int, case: Read) -> None:
    """Here None is no answer, and owner 0 is empty."""
    target = await lock(node)
    if case.filled:
        await target.act("unreported_set_code", slot=SLOT, code=CODE)
    await target.fault(**case.faults)
    assert await unified(target) == case.by_call


@pytest.mark.parametrize("node", [V1, U3C])
async def test_a_slot_out_of_range_is_refused_by_the_driver(
    lock: GetLock, node: int
) -> None:
    """It never reaches the lock."""
    target = await lock(node)
    with pytest.raises(FailedZWaveCommand) as failure:
        await target.api.get_credential(PIN, 99)
    assert failure.value.zwave_error_code == 322


async def test_a_dead_lock_cannot_be_read(lock: GetLock) -> None:
    """Both calls raise, which is not the same as no answer."""
    target = await lock(V1)
    await target.fault(dead=True)
    with pytest.raises(FailedZWaveCommand):
        await target.api.get_credential(PIN, SLOT)
    with pytest.raises(FailedZWaveCommand):
        await target.read(SLOT)


@pytest.mark.parametrize("node", [V1, V2, V2_SUPERVISED, V1_SECURE])
async def test_a_change_at_the_keypad_reaches_the_cache_only_by_a_read(
    lock: GetLock, node: int
) -> None:
    """User Code CC reports the slot, not the code."""
    target = await lock(node)
    await target.act("keypad_set_code", slot=SLOT, code=CODE)
    assert await target.notifications() == [(14, {"userId": SLOT})]
    assert await target.api.get_credential_cached(PIN, SLOT) is None
    assert await unified(target) == (SLOT, CODE)


@pytest.mark.parametrize("node", [V1, V2_SUPERVISED, V1_SECURE])
async def test_a_lock_may_send_the_changed_code(lock: GetLock, node: int) -> None:
    """With an unsolicited report the cache follows."""
    target = await lock(node)
    await target.fault(reportKeypadChanges=True)
    await target.act("keypad_set_code", slot=SLOT, code=CODE)
    await target.settle()
    cached = await target.api.get_credential_cached(PIN, SLOT)
    assert cached is not None
    assert cached.data == CODE


@pytest.mark.parametrize("node", [U3C, U3C_HIDDEN])
async def test_change_at_a_u3c_keypad_is_reported_in_full(
    lock: GetLock, node: int
) -> None:
    """User Credential CC sends its own reports, which the driver keeps."""
    target = await lock(node)
    await target.act("keypad_set_code", slot=SLOT, code=CODE)
    assert await target.credential_events() == ["credential added"]
    cached = await target.api.get_credential_cached(PIN, SLOT)
    assert cached is not None
    assert cached.data == (CODE if node == U3C else None)
    await target.act("keypad_set_code", slot=SLOT, code="9062")
    await target.act("keypad_delete_code", slot=SLOT)
    assert await target.credential_events() == [
        "credential modified",
        "credential deleted",
    ]
    assert target.held(SLOT) is None


@pytest.mark.parametrize("node", [V1, U3C])
async def test_unreported_change_appears_only_in_a_live_read(
    lock: GetLock, node: int
) -> None:
    """The driver does not know, for every kind of lock."""
    target = await lock(node)
    await target.act("unreported_set_code", slot=SLOT, code=CODE)
    assert await target.credential_events() == []
    assert await target.api.get_credential_cached(PIN, SLOT) is None
    assert await unified(target) == (SLOT, CODE)
    await target.act("unreported_delete_code", slot=SLOT)
    assert await target.api.get_credential_cached(PIN, SLOT) is not None
    assert await unified(target) in (None, (0, ""))


async def test_capabilities_per_kind(lock: GetLock) -> None:
    """Slots and PIN lengths as the driver gives them."""
    seen = {}
    for node in (V1, V2, U3C):
        target = await lock(node)
        pin = (
            await target.api.get_credential_capabilities_cached()
        ).supported_credential_types[PIN]
        users = await target.api.get_user_capabilities_cached()
        seen[node] = (
            pin.number_of_credential_slots,
            pin.min_credential_length,
            pin.max_credential_length,
            users.supports_users_without_credentials,
        )
    assert seen == {
        V1: (10, 4, 10, False),
        V2: (10, 4, 10, False),
        U3C: (10, 4, 8, True),
    }


@pytest.mark.parametrize("node", [V1, V1_SECURE])
async def test_a_late_answer_is_taken_for_the_answer_to_the_next_read(
    lock: GetLock, node: int
) -> None:
    """The driver matches by slot: a read soon after an unanswered one returns what was."""
    target = await lock(node)
    await target.act("unreported_set_code", slot=SLOT, code=CODE)
    await target.fault(answerDelayMs=1300)
    assert await target.read(SLOT) is None
    await target.act("unreported_set_code", slot=SLOT, code="9062")
    assert await target.read(SLOT) == occupied(CODE)
    assert target.held(SLOT) == "9062"


async def test_a_late_answer_still_updates_the_cache(lock: GetLock) -> None:
    """The driver gave up on it, and takes it as an unsolicited report."""
    target = await lock(V1)
    await target.act("unreported_set_code", slot=SLOT, code=CODE)
    await target.fault(answerDelayMs=1300)
    assert await target.read(SLOT) is None

    def cached() -> bool:
        return any(
            value.command_class == 99
            and value.property_key == SLOT
            and value.value == CODE
            for value in target.node.values.values()
        )

    await wait_for(cached)
