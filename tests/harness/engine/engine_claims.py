"""What an engine on locks in memory claims, watched from outside.

How to use it: `checker = watch_engine(engine)`, and in the end
`assert checker.false_claims == []`; `record_states(engine)` keeps what was published.
"""

from collections.abc import Iterator
from functools import partial

from custom_components.keyholder.model.credential import LockId
from custom_components.keyholder.model.slot import SlotState
from tests.harness.claims import Claim, ClaimChecker, is_true
from tests.harness.engine.engine_harness import EngineHarness


def engine_claims(engine: EngineHarness) -> Iterator[Claim]:
    """Return what an engine claims of all slots of its locks in memory."""
    for lock, coordinator in engine.site.locks.items():
        codes = engine.providers[lock].codes
        for slot, view in coordinator.data.slots.items():
            if view.state is not SlotState.IN_SYNC:
                yield Claim(lock, slot, None)
                continue
            stored = engine.site.vault.pins(view.credential)
            pins = [stored[revision].reveal() for revision in sorted(stored)]
            yield Claim(
                lock,
                slot,
                (view.desired, view.verified_at),
                is_true(view.desired, codes.get(slot), current=pins[-1:], ever=pins),
                f"{view.desired} of slot {slot}",
            )


def watch_engine(engine: EngineHarness, *, strict: bool = True) -> ClaimChecker:
    """Check a lock whenever it publishes or changes, and those that come later too."""
    checker = ClaimChecker(lambda: engine_claims(engine), strict=strict)
    loop = engine.hass.loop
    watched: set[LockId] = set()

    def watch(lock: LockId) -> None:
        def on_change() -> None:
            # what it reports by itself is published a turn of the event loop later
            loop.call_soon(lambda: loop.call_soon(checker.check, lock))

        watched.add(lock)
        engine.site.locks[lock].async_add_listener(partial(checker.check, lock))
        engine.providers[lock].watch(on_change)

    def on_signal(lock: LockId) -> None:
        if lock in engine.site.locks and lock not in watched:
            watch(lock)
        # a lock publishes a turn of the event loop after its records have changed
        loop.call_soon(checker.check, lock)

    for lock in engine.site.locks:
        watch(lock)
    engine.site.async_add_lock_listener(on_signal)
    return checker


type SlotStates = dict[tuple[LockId, int], list[SlotState | None]]


def record_states(engine: EngineHarness) -> SlotStates:
    """Return the states that each slot is published with from now on, by lock and slot."""
    states: SlotStates = {}

    def on_publish(lock: LockId) -> None:
        coordinator = engine.site.locks.get(lock)
        for slot, view in (
            {} if coordinator is None else coordinator.data.slots
        ).items():
            seen = states.setdefault((lock, slot), [])
            if not seen or seen[-1] is not view.state:
                seen.append(view.state)

    engine.site.async_add_lock_listener(on_publish)
    return states
