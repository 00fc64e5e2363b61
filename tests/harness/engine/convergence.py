"""What is left of a life once every fault is gone, and whether that is as it should be."""

import asyncio

from custom_components.keyholder.model.credential import CredentialRef
from custom_components.keyholder.model.slot import DesiredState, Reason, SlotState
from custom_components.keyholder.model.slot_events import ResumeChoice
from custom_components.keyholder.model.snapshot import SlotView
from tests.harness.engine.delayed_lock import SLOTS
from tests.harness.engine.lock_oracle import HiddenChange
from tests.harness.engine.site_model import SiteModel
from tests.harness.fakes.provider import Faults, Profile


async def clear_faults(model: SiteModel) -> None:
    """Take every fault away, and answer every repair."""
    model.instance.disk.is_full = False
    for lock in model.locks.values():
        lock.faults = Faults()
        lock.late_by = 0.0
        lock.release()
        lock.connect()
    model.rules.calm()
    _take_duplicates_away(model)
    await asyncio.sleep(60)
    for coordinator in model.engine.site.locks.values():
        model.do(coordinator.requests.async_verify())
    await model.rules.settle()
    for _ in range(8):
        await asyncio.sleep(900)
        for name, view in model.views():
            if view.state is SlotState.SUSPENDED:
                await _answer(model, name, view)


def _take_duplicates_away(model: SiteModel) -> None:
    """A lock has no room for a PIN twice: the one that is not ours has to go."""
    ours = {pin for pins in model.pins.values() for pin in pins}
    # a clear that such a lock takes and does not carry out leaves a code that no read
    # can show; of the next write the lock says that it has it, and a repair says so
    unseen = {
        (name, slot)
        for name, lock in model.locks.items()
        if model.profiles[name] is Profile.WRITE_ONLY
        for slot in lock.codes
        if lock.oracle.of(slot).is_unsure
    }
    for name, slot in model.duplicates | unseen:
        taken = {view.slot for where, view in model.views() if where == name}
        lock = model.locks[name]
        if lock.codes.get(slot) in ours and slot not in taken:
            lock.delete_at_keypad(slot)


async def _answer(model: SiteModel, name: str, view: SlotView) -> None:
    if view.reason is Reason.DUPLICATE:
        _take_duplicates_away(model)
    if view.reason is Reason.UNRECOGNISED:
        # it may be ours, which no read has shown: the user says that it goes
        model.decide(name, view, ResumeChoice.REPLACE)
    elif view.reason is not Reason.OCCUPIED:
        model.decide(name, view, ResumeChoice.RETRY)
    elif model.profiles[name] is Profile.WRITE_ONLY:
        model.decide(name, view, ResumeChoice.REPLACE)
    else:
        await model.engine.site.decisions(f"id-{name}", view.slot).async_move()


def assert_converged(model: SiteModel) -> None:
    """Nothing is wrong any more, so each lock holds what it should."""
    for name in model.locks:
        if model.is_managed(name):
            _judge_lock(model, name)


def _judge_lock(model: SiteModel, name: str) -> None:
    lock = model.locks[name]
    oracle = lock.oracle
    site = model.engine.site
    unsure = {
        slot
        for slot in range(1, SLOTS + 1)
        if oracle.of(slot).hidden is HiddenChange.FOR_GOOD
        or (model.profiles[name] is Profile.WRITE_ONLY and oracle.of(slot).is_unsure)
    }
    held = {slot: code for slot, code in lock.codes.items() if slot not in unsure}
    for slot, code in oracle.unmanaged_codes.items():
        if lock.codes.get(slot) != code:
            model.faults.append(f"{name}: what is not ours is gone from slot {slot}")
    ours = {pin for pins in model.pins.values() for pin in pins}
    for slot, code in held.items():
        if code not in ours or not lock.held[slot].enabled:
            continue
        view = model.engine.snapshot(f"id-{name}").slots.get(slot)
        if view is None or view.desired is not DesiredState.PRESENT:
            model.faults.append(f"{name}: slot {slot} holds a code of ours for nobody")
    for person in site.people.values():
        view = model.engine.view(f"id-{name}", person.person_id)
        wanted = person.enabled and person.is_assigned(f"id-{name}")
        wanted = wanted and model.rules.allows(person)
        if wanted:
            current = site.vault.current_pin(CredentialRef(person.person_id))
            assert current is not None
            slots = [s for s, code in held.items() if code == current.reveal()]
            if view is None or (slots != [view.slot] and view.slot not in unsure):
                model.faults.append(f"{name}: {person.name} is in slots {slots}")
            elif slots and not model.rules.fits(name, slots[0], person.rule):
                model.faults.append(f"{name}: {person.name} is under other limits")
        elif view is not None and view.desired is DesiredState.PRESENT:
            model.faults.append(f"{name}: {person.name} is wanted")
        if view is not None and view.state not in (
            SlotState.IN_SYNC,
            SlotState.ACCEPTED,
        ):
            model.faults.append(f"{name}: {person.name} is {view.state} at the end")
