"""What every provider tells of its lock, whatever its technology, and to whom."""

import pytest

from custom_components.keyholder.model.lock_events import (
    AccessDenied,
    Action,
    Disconnected,
    Jammed,
    LockEvent,
    LockOperated,
    Method,
    SlotChanged,
)
from custom_components.keyholder.model.slot_events import ChangeKind
from custom_components.keyholder.providers.base import Unsubscribe
from tests.harness.providers.catalogue import representative
from tests.harness.providers.codes import ANNA, BEN, PIN, SLOT
from tests.harness.providers.provider_harness import ProviderHarness
from tests.harness.waiting import wait_for


async def test_a_subscription_starts_with_connected(harness: ProviderHarness) -> None:
    unsubscribe = harness.provider.subscribe(harness.events.append)

    assert harness.events == [harness.connected]
    unsubscribe()


async def test_what_happens_at_the_door_is_reported_in_order(
    harness: ProviderHarness,
) -> None:
    unsubscribe = harness.provider.subscribe(harness.events.append)
    for do, slot in (
        ("keypad_unlock", SLOT),
        ("keypad_lock", SLOT),
        ("manual_unlock", None),
        ("manual_lock", None),
        ("auto_lock", None),
        ("jam", None),
        ("wrong_code", None),
    ):
        await harness.act(do, slot)
    await harness.settle()
    unsubscribe()

    assert [_without_time(event) for event in harness.events] == [
        harness.connected,
        (Action.UNLOCK, Method.KEYPAD, SLOT),
        (Action.LOCK, Method.KEYPAD, SLOT),
        (Action.UNLOCK, Method.MANUAL, None),
        (Action.LOCK, Method.MANUAL, None),
        (Action.LOCK, Method.AUTO, None),
        Jammed,
        AccessDenied,
    ]


def _without_time(event: LockEvent) -> object:
    match event:
        case LockOperated(action, method, slot, at):
            assert at.tzinfo is not None
            return action, method, slot
        case Jammed(at) | AccessDenied(at):
            assert at.tzinfo is not None
            return type(event)
    return event


async def test_changes_at_the_keypad_are_reported_without_the_code(
    harness: ProviderHarness,
) -> None:
    unsubscribe = harness.provider.subscribe(harness.events.append)
    await harness.act("keypad_set_code", SLOT, PIN)
    await harness.act("keypad_delete_code", SLOT)
    await harness.act("keypad_delete_all")
    await harness.settle()
    unsubscribe()

    assert harness.events == [
        harness.connected,
        SlotChanged(SLOT, ChangeKind.SET),
        SlotChanged(SLOT, ChangeKind.CLEARED),
        SlotChanged(None, ChangeKind.CLEARED),
    ]
    assert PIN not in repr(harness.events)


async def test_what_is_reported_of_our_own_work_is_of_that_slot_only(
    harness: ProviderHarness,
) -> None:
    unsubscribe = harness.provider.subscribe(harness.events.append)
    await harness.provider.async_write(SLOT, ANNA)
    await harness.provider.async_write(SLOT, BEN)
    await harness.settle()
    written = set(harness.events) - {harness.connected}
    harness.events.clear()
    await harness.provider.async_clear(SLOT)
    await harness.settle()
    cleared = set(harness.events)
    unsubscribe()

    assert written <= {SlotChanged(SLOT, ChangeKind.SET)}
    assert cleared <= {SlotChanged(SLOT, ChangeKind.CLEARED)}


@representative
async def test_nothing_comes_after_unsubscribing_which_may_be_done_twice(
    own_harness: ProviderHarness,
) -> None:
    unsubscribe = own_harness.provider.subscribe(own_harness.events.append)
    unsubscribe()
    unsubscribe()
    own_harness.events.clear()

    await own_harness.act("manual_unlock")
    await own_harness.settle()
    await own_harness.lose_connection()

    assert own_harness.events == []


@representative
async def test_a_listener_unsubscribed_during_an_event_is_not_called(
    harness: ProviderHarness,
) -> None:
    endings: list[Unsubscribe] = []

    def end_the_other(_: LockEvent) -> None:
        for unsubscribe in endings:
            unsubscribe()

    unsubscribe = harness.provider.subscribe(end_the_other)
    endings.append(harness.provider.subscribe(harness.events.append))
    harness.events.clear()

    await harness.act("manual_unlock")
    await harness.settle()
    unsubscribe()

    assert harness.events == []


@representative
async def test_a_listener_that_fails_harms_nobody(
    harness: ProviderHarness, logs: pytest.LogCaptureFixture
) -> None:
    def fail(event: LockEvent) -> None:
        raise RuntimeError(f"cannot bear {PIN}")

    unsubscribes = [
        harness.provider.subscribe(fail),
        harness.provider.subscribe(harness.events.append),
    ]
    await harness.act("manual_unlock")
    await harness.settle()

    assert len(harness.events) == 2
    for unsubscribe in unsubscribes:
        unsubscribe()


@representative
@pytest.mark.parametrize("how", ["reload", "lose_connection"])
async def test_a_subscription_outlives_the_way_to_the_lock(
    own_harness: ProviderHarness, how: str
) -> None:
    unsubscribe = own_harness.provider.subscribe(own_harness.events.append)
    for _ in range(2):
        own_harness.events.clear()
        await (
            own_harness.reload() if how == "reload" else own_harness.lose_connection()
        )
        await wait_for(lambda: own_harness.connected in own_harness.events)
        assert own_harness.events == [Disconnected(), own_harness.connected]
    own_harness.events.clear()

    await own_harness.act("keypad_unlock", SLOT)
    await own_harness.settle()
    await own_harness.provider.async_write(SLOT, ANNA)

    assert [type(event) for event in own_harness.events][:1] == [LockOperated]
    assert (
        len([event for event in own_harness.events if isinstance(event, LockOperated)])
        == 1
    )
    assert (await own_harness.codes())[SLOT] == PIN
    unsubscribe()
