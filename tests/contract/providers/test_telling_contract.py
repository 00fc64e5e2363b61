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
from tests.waiting import until

from .benches import Bench
from .catalogue import representative
from .codes import ANNA, BEN, PIN, SLOT


async def test_a_subscription_starts_with_connected(bench: Bench) -> None:
    unsubscribe = bench.provider.subscribe(bench.events.append)

    assert bench.events == [bench.connected]
    unsubscribe()


async def test_what_happens_at_the_door_is_told_in_order(bench: Bench) -> None:
    unsubscribe = bench.provider.subscribe(bench.events.append)
    for do, slot in (
        ("keypad_unlock", SLOT),
        ("keypad_lock", SLOT),
        ("manual_unlock", None),
        ("manual_lock", None),
        ("auto_lock", None),
        ("jam", None),
        ("wrong_code", None),
    ):
        await bench.act(do, slot)
    await bench.settle()
    unsubscribe()

    assert [_without_time(event) for event in bench.events] == [
        bench.connected,
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


async def test_changes_at_the_keypad_are_told_without_the_code(bench: Bench) -> None:
    unsubscribe = bench.provider.subscribe(bench.events.append)
    await bench.act("keypad_set_code", SLOT, PIN)
    await bench.act("keypad_delete_code", SLOT)
    await bench.act("keypad_delete_all")
    await bench.settle()
    unsubscribe()

    assert bench.events == [
        bench.connected,
        SlotChanged(SLOT, ChangeKind.SET),
        SlotChanged(SLOT, ChangeKind.CLEARED),
        SlotChanged(None, ChangeKind.CLEARED),
    ]
    assert PIN not in repr(bench.events)


async def test_what_is_told_of_our_own_work_is_of_that_slot_only(bench: Bench) -> None:
    unsubscribe = bench.provider.subscribe(bench.events.append)
    await bench.provider.async_write(SLOT, ANNA)
    await bench.provider.async_write(SLOT, BEN)
    await bench.settle()
    written = set(bench.events) - {bench.connected}
    bench.events.clear()
    await bench.provider.async_clear(SLOT)
    await bench.settle()
    cleared = set(bench.events)
    unsubscribe()

    assert written <= {SlotChanged(SLOT, ChangeKind.SET)}
    assert cleared <= {SlotChanged(SLOT, ChangeKind.CLEARED)}


@representative
async def test_nothing_comes_after_unsubscribing_which_may_be_done_twice(
    own_bench: Bench,
) -> None:
    unsubscribe = own_bench.provider.subscribe(own_bench.events.append)
    unsubscribe()
    unsubscribe()
    own_bench.events.clear()

    await own_bench.act("manual_unlock")
    await own_bench.settle()
    await own_bench.lose_connection()

    assert own_bench.events == []


@representative
async def test_who_is_unsubscribed_while_an_event_is_told_does_not_hear_it(
    bench: Bench,
) -> None:
    endings: list[Unsubscribe] = []

    def end_the_other(_: LockEvent) -> None:
        for unsubscribe in endings:
            unsubscribe()

    unsubscribe = bench.provider.subscribe(end_the_other)
    endings.append(bench.provider.subscribe(bench.events.append))
    bench.events.clear()

    await bench.act("manual_unlock")
    await bench.settle()
    unsubscribe()

    assert bench.events == []


@representative
async def test_a_listener_that_fails_harms_nobody(
    bench: Bench, logs: pytest.LogCaptureFixture
) -> None:
    def fail(event: LockEvent) -> None:
        raise RuntimeError(f"cannot bear {PIN}")

    unsubscribes = [
        bench.provider.subscribe(fail),
        bench.provider.subscribe(bench.events.append),
    ]
    await bench.act("manual_unlock")
    await bench.settle()

    assert len(bench.events) == 2
    for unsubscribe in unsubscribes:
        unsubscribe()


@representative
@pytest.mark.parametrize("how", ["reload", "lose_connection"])
async def test_a_subscription_outlives_the_way_to_the_lock(
    own_bench: Bench, how: str
) -> None:
    unsubscribe = own_bench.provider.subscribe(own_bench.events.append)
    for _ in range(2):
        own_bench.events.clear()
        await (own_bench.reload() if how == "reload" else own_bench.lose_connection())
        await until(lambda: own_bench.connected in own_bench.events)
        assert own_bench.events == [Disconnected(), own_bench.connected]
    own_bench.events.clear()

    await own_bench.act("keypad_unlock", SLOT)
    await own_bench.settle()
    await own_bench.provider.async_write(SLOT, ANNA)

    assert [type(event) for event in own_bench.events][:1] == [LockOperated]
    assert (
        len([event for event in own_bench.events if isinstance(event, LockOperated)])
        == 1
    )
    assert (await own_bench.codes())[SLOT] == PIN
    unsubscribe()
