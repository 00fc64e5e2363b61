"""Zigbee's own ways to deceive, through the real ZHA: each is a line of the fault table."""

from dataclasses import replace

import pytest

from custom_components.keyholder.model.lock_events import (
    AccessDenied,
    Action,
    Connected,
    LockOperated,
    Method,
    SlotChanged,
)
from custom_components.keyholder.model.pin import Pin
from custom_components.keyholder.model.provider_io import (
    Occupancy,
    SlotReading,
    WriteResult,
)
from custom_components.keyholder.model.slot import Reason
from custom_components.keyholder.model.slot_events import ChangeKind
from custom_components.keyholder.providers.base import (
    CodeRejectedError,
    LockUnreachableError,
    NotSupportedError,
    TemporarilyRefusedError,
)
from simulators.zigbee import Command, Mask, Presence, Stored
from simulators.zigbee.faults import (
    Fault,
    about_another,
    applied_then_refused,
    cut_short,
    default_response,
    not_acknowledged,
    notified_first,
    refused,
    request_lost,
    silently_dropped,
)
from simulators.zigbee.terms import Operation, Source
from tests.harness.providers.codes import ANNA, BEN, OTHER, PIN, SLOT, expect_no_code_in
from tests.harness.providers.zha_lock import ZhaLock

SHOWN = SlotReading.present(Pin(PIN), enabled=True)


@pytest.mark.parametrize("mask", [*Mask])
async def test_a_mask_is_never_a_code_and_never_an_empty_slot(
    zha_lock: ZhaLock, mask: Mask
) -> None:
    zha_lock.traits.shows_codes = False
    zha_lock.traits.mask = mask
    assert await zha_lock.write() is WriteResult.OPTIMISTIC
    assert await zha_lock.read() == SlotReading.masked(enabled=True)
    zha_lock.store(PIN, enabled=False)
    assert await zha_lock.read() == SlotReading.masked(enabled=False)
    await zha_lock.clear()
    assert await zha_lock.read() == SlotReading.empty()


@pytest.mark.parametrize(
    ("status", "reading"),
    [
        (0x8B, SlotReading.not_usable()),
        (0x87, SlotReading.not_usable()),
        (0x81, SlotReading.unknown()),
        (0x01, SlotReading.unknown()),
    ],
)
async def test_a_lock_that_refuses_every_question_is_not_empty(
    zha_lock: ZhaLock, status: int, reading: SlotReading
) -> None:
    """Clause 16.8: a status about the user says that the slot is not usable."""
    for command in (Command.GET_PIN, Command.GET_USER_STATUS):
        zha_lock.faults.add(command, default_response(status), None)
    zha_lock.store(PIN)
    assert await zha_lock.read() == reading


@pytest.mark.parametrize(
    ("commands", "answers"),
    [
        ((), True),
        ((Command.GET_PIN,), True),
        ((Command.GET_PIN, Command.GET_USER_STATUS), False),
    ],
)
async def test_a_lock_that_supports_no_question_about_slots_answers_no_reads(
    zha_lock: ZhaLock, commands: tuple[Command, ...], answers: bool
) -> None:
    """Clause 16.9."""
    for command in commands:
        zha_lock.faults.add(command, default_response(0x81), None)
    assert await zha_lock.provider.async_answers_reads() is answers


@pytest.mark.parametrize(
    ("status", "reason"),
    [(Stored.MEMORY_FULL, Reason.LOCK_FULL), (Stored.DUPLICATE, Reason.DUPLICATE)],
)
async def test_a_refusal_is_understood_by_its_number(
    zha_lock: ZhaLock, status: Stored, reason: Reason
) -> None:
    zha_lock.faults.add(Command.SET_PIN, refused(status))
    with pytest.raises(CodeRejectedError) as caught:
        await zha_lock.write()
    assert caught.value.reason is reason
    expect_no_code_in(caught.value)
    assert await zha_lock.write() is WriteResult.OPTIMISTIC


@pytest.mark.parametrize("fault", [refused(1), default_response(1), refused(99)])
async def test_a_failure_without_a_reason_may_pass(
    zha_lock: ZhaLock, fault: Fault
) -> None:
    zha_lock.faults.add(Command.SET_PIN, fault)
    zha_lock.faults.add(Command.CLEAR_PIN, fault)
    with pytest.raises(TemporarilyRefusedError) as caught:
        await zha_lock.write()
    expect_no_code_in(caught.value)
    with pytest.raises(TemporarilyRefusedError):
        await zha_lock.clear()


async def test_a_lock_without_codes_by_radio_says_so(zha_lock: ZhaLock) -> None:
    zha_lock.traits.missing = frozenset({Command.SET_PIN, Command.CLEAR_PIN})
    with pytest.raises(NotSupportedError):
        await zha_lock.write()
    with pytest.raises(NotSupportedError):
        await zha_lock.clear()


async def test_a_false_refusal_is_found_by_a_read(
    zha_lock: ZhaLock,
) -> None:
    zha_lock.faults.add(Command.SET_PIN, applied_then_refused(1))
    with pytest.raises(TemporarilyRefusedError):
        await zha_lock.write()
    assert await zha_lock.read() == SHOWN


@pytest.mark.parametrize("reported", [True, False])
async def test_a_false_success_is_found_by_a_read(
    zha_lock: ZhaLock, reported: bool
) -> None:
    zha_lock.faults.add(Command.SET_PIN, silently_dropped(reported=reported))
    assert await zha_lock.write() is WriteResult.OPTIMISTIC
    assert await zha_lock.read() == SlotReading.empty()
    await zha_lock.write()
    zha_lock.faults.add(Command.CLEAR_PIN, silently_dropped(reported=reported))
    assert await zha_lock.clear() is WriteResult.OPTIMISTIC
    assert await zha_lock.read() == SHOWN


async def test_its_own_code_may_be_called_a_duplicate(zha_lock: ZhaLock) -> None:
    zha_lock.traits.refuses_own_duplicate = True
    await zha_lock.write()
    assert await zha_lock.write() is WriteResult.CONFIRMED
    zha_lock.store(OTHER, 4)
    with pytest.raises(CodeRejectedError):
        await zha_lock.write(BEN)
    with pytest.raises(CodeRejectedError):
        await zha_lock.write(replace(ANNA, enabled=False))
    assert zha_lock.code() == PIN


async def test_a_duplicate_on_a_masking_lock_is_seen_by_occupancy(
    zha_lock: ZhaLock,
) -> None:
    zha_lock.traits.shows_codes = False
    zha_lock.traits.refuses_own_duplicate = True
    zha_lock.store(PIN)
    assert await zha_lock.write() is WriteResult.OPTIMISTIC
    zha_lock.store(OTHER, 4)
    with pytest.raises(CodeRejectedError):
        await zha_lock.write(BEN, 5)


async def test_an_answer_about_another_user_says_nothing(zha_lock: ZhaLock) -> None:
    zha_lock.store(PIN)
    zha_lock.faults.add(Command.GET_PIN, about_another(4))
    assert await zha_lock.read() == SHOWN
    zha_lock.faults.add(Command.GET_PIN, about_another(4), None)
    assert await zha_lock.read() == SlotReading.unknown()


async def test_an_answer_that_is_cut_short_says_nothing(zha_lock: ZhaLock) -> None:
    zha_lock.store(PIN)
    zha_lock.faults.add(Command.GET_PIN, cut_short())
    assert await zha_lock.read() == SHOWN
    zha_lock.faults.add(Command.GET_PIN, cut_short(), None)
    assert await zha_lock.read() == SlotReading.unknown()
    zha_lock.faults.add(Command.SET_PIN, cut_short(0))
    assert await zha_lock.write() is WriteResult.OPTIMISTIC


async def test_a_notification_is_not_taken_for_the_answer(zha_lock: ZhaLock) -> None:
    zha_lock.faults.add(Command.SET_PIN, notified_first())
    assert await zha_lock.write() is WriteResult.OPTIMISTIC
    await zha_lock.settle()
    assert zha_lock.events == [Connected(events_missed=True)]
    zha_lock.faults.add(Command.CLEAR_PIN, notified_first())
    assert await zha_lock.clear() is WriteResult.OPTIMISTIC
    await zha_lock.settle()
    assert await zha_lock.read() == SlotReading.empty()


async def test_codes_in_notifications_go_no_further(
    zha_lock: ZhaLock, logs: pytest.LogCaptureFixture
) -> None:
    zha_lock.traits.reports_pins = True
    await zha_lock.write()
    assert zha_lock.door.enter(PIN)
    await zha_lock.settle()
    assert len(zha_lock.events) == 3
    assert PIN not in repr(zha_lock.events)


async def test_an_unreachable_lock_is_retried_by_zigpy_alone(
    zha_lock: ZhaLock,
) -> None:
    zha_lock.faults.add(Command.GET_PIN, not_acknowledged(), 2)
    assert await zha_lock.read() == SlotReading.empty()
    assert zha_lock.commands() == ["GET_PIN"] * 3
    zha_lock.node.presence = Presence.UNREACHABLE
    for call in (zha_lock.read(), zha_lock.write(), zha_lock.clear()):
        with pytest.raises(LockUnreachableError) as caught:
            await call
        expect_no_code_in(caught.value)
    assert zha_lock.commands() == []


async def test_a_lock_that_confirms_and_never_answers_is_unreachable(
    zha_lock: ZhaLock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # zigpy waits 5 s for each of three, and 28 s for a lock that sleeps
    device = zha_lock.network.zigpy_device()
    request = device.request

    async def soon(*arguments: object, **named: object) -> object:
        return await request(*arguments, **{**named, "timeout": 0.05})

    monkeypatch.setattr(device, "request", soon)
    zha_lock.faults.add(Command.SET_PIN, request_lost(), 3)
    with pytest.raises(LockUnreachableError) as caught:
        await zha_lock.write()
    expect_no_code_in(caught.value)
    assert zha_lock.commands() == ["SET_PIN"] * 3


async def test_users_that_are_none_of_ours_are_not_named(zha_lock: ZhaLock) -> None:
    zha_lock.events.clear()
    door = zha_lock.door
    for user in (0, 11, 0xFFFF):
        door.notify(Operation.UNLOCK, Source.KEYPAD, user)
    door.notify(Operation.UNLOCK, Source.RFID, SLOT)
    door.notify(Operation.UNLOCK, Source.MANUAL, SLOT)
    door.notify(Operation.UNLOCK_FAILED_SCHEDULE, Source.KEYPAD, SLOT)
    door.notify(Operation.UNKNOWN, Source.KEYPAD, SLOT)
    door.change_master_code()
    door.program(0, OTHER)
    await zha_lock.settle()
    reported = zha_lock.events
    ways = [
        (e.action, e.method, e.slot) for e in reported if isinstance(e, LockOperated)
    ]
    assert ways == [
        (Action.UNLOCK, Method.KEYPAD, None),
        (Action.UNLOCK, Method.KEYPAD, None),
        (Action.UNLOCK, Method.KEYPAD, None),
        (Action.UNLOCK, Method.UNKNOWN, None),
        (Action.UNLOCK, Method.MANUAL, None),
    ]
    assert [e.slot for e in reported if isinstance(e, AccessDenied)] == [SLOT]
    assert len(reported) == 6


async def test_all_ways_to_move_the_bolt_are_understood(zha_lock: ZhaLock) -> None:
    zha_lock.events.clear()
    door = zha_lock.door
    door.turn_key()
    door.turn_key(unlock=False)
    door.touch()
    door.follow_schedule()
    door.follow_schedule(unlock=False)
    await zha_lock.settle()
    ways = [
        (e.action, e.method) for e in zha_lock.events if isinstance(e, LockOperated)
    ]
    assert ways == [
        (Action.UNLOCK, Method.MANUAL),
        (Action.LOCK, Method.MANUAL),
        (Action.LOCK, Method.MANUAL),
        (Action.UNLOCK, Method.AUTO),
        (Action.LOCK, Method.AUTO),
    ]


async def test_a_jam_that_is_reported_again_is_one_jam(zha_lock: ZhaLock) -> None:
    zha_lock.events.clear()
    zha_lock.door.jam()
    await zha_lock.settle()
    zha_lock.door.jam()
    await zha_lock.settle()
    assert len(zha_lock.events) == 1


async def test_all_codes_gone_at_the_lock_concerns_every_slot(
    zha_lock: ZhaLock,
) -> None:
    zha_lock.events.clear()
    zha_lock.door.delete_all_pins()
    await zha_lock.settle()
    assert zha_lock.events == [SlotChanged(None, ChangeKind.CLEARED)]
    assert (await zha_lock.read()).occupancy is Occupancy.EMPTY
