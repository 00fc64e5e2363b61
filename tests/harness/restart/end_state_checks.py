"""What has to be so in the end, whenever the power went."""

import asyncio
from collections.abc import Iterator

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from custom_components.keyholder.const import DOMAIN
from custom_components.keyholder.model.access import AccessType
from custom_components.keyholder.model.credential import CredentialRef
from custom_components.keyholder.model.slot import DesiredState, Reason, SlotState
from custom_components.keyholder.model.snapshot import SlotView
from custom_components.keyholder.runtime.site.site import Site
from custom_components.keyholder.runtime.site.subentries import is_being_removed
from tests.harness.claims import is_true
from tests.harness.restart.delayed_radio import DelayedRadioLock
from tests.harness.restart.instances import FOREIGN, site_of

CODES = (AccessType.CODE_ADDED, AccessType.CODE_CHANGED, AccessType.CODE_REMOVED)
"""What is reported of somebody else's doing, and there is nobody else."""
SETTLED = (SlotState.IN_SYNC, SlotState.ACCEPTED)
PATIENCE = 900.0
"""Seconds that a lock may take to be as it should."""
AFTERWARDS = 130.0
"""Seconds after which what was sent before the cut cannot come any more."""


def end_state_problems(hass: HomeAssistant, lock: DelayedRadioLock) -> list[str]:
    """Return all that is not as this instance's own configuration wants it to be."""
    site = site_of(hass)
    faults = [*_slots(site), *_issues(hass, site)]
    if lock.codes.get(1) != FOREIGN:
        faults.append("the code that is not ours was touched")
    live = sorted(code for slot, code in lock.live.items() if slot != 1)
    if live != (wanted := sorted(_wanted(site))):
        faults.append(f"{len(live)} codes are not the {len(wanted)} that are wanted")
    if (off := lock.codes.keys() - lock.live.keys()) != _off(site):
        faults.append(f"the codes in {off} are off, and {_off(site)} are said to be")
    lost = [person.name for person in site.people.values() if not site.has_pin(person)]
    return [*faults, *(f"the PIN of {name} is lost" for name in lost)]


def _wanted(site: Site) -> Iterator[str]:
    """Yield the codes that belong on the lock, or stay there if it is not managed."""
    if not site.locks:
        for page in site.journal.entries.values():
            for record in page.records.values():
                if record.desired is DesiredState.PRESENT:
                    pins = site.vault.pins(record.credential)
                    yield pins[record.revision].reveal()
        return
    (lock,) = site.locks.values()
    if any(map(_waits, lock.data.slots.values())):
        return
    for person in site.people.values():
        pin = site.vault.current_pin(CredentialRef(person.person_id))
        if site.rules.allows(person) and pin is not None:
            yield pin.reveal()


def _off(site: Site) -> set[int]:
    """Return the slots whose codes are shown to be there, and switched off."""
    views = [view for lock in site.locks.values() for view in lock.data.slots.values()]
    return {view.slot for view in views if view.disabled}


def _slots(site: Site) -> Iterator[str]:
    for page in site.journal.entries.values():
        if page.lock not in site.locks and page.clear_requested:
            yield "a lock is not cleared"
    for lock in site.locks.values():
        if lock.data.unassigned:
            yield "somebody has no slot"
        if is_being_removed(site.entry.subentries.get(lock.settings.subentry_id)):
            yield "the lock has not left"
        for view in lock.data.slots.values():
            if view.state not in SETTLED and not _waits(view):
                yield f"slot {view.slot} is {view.state}"


def _waits(view: SlotView) -> bool:
    """Return whether the lock refused a code, and nobody's word is on disk."""
    return view.state is SlotState.SUSPENDED and view.reason is Reason.REJECTED


def _issues(hass: HomeAssistant, site: Site) -> Iterator[str]:
    shown = {
        issue.translation_key
        for (domain, _), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN and issue.active
    }
    expected = {
        "slot_rejected"
        for lock in site.locks.values()
        for view in lock.data.slots.values()
        if _waits(view)
    }
    if not site.locks and any(
        not page.is_cleared for page in site.journal.entries.values()
    ):
        expected.add("lock_removed")
    for issue in shown ^ expected:
        yield f"the repair {issue} is {'shown' if issue in shown else 'missing'}"


def false_claims(hass: HomeAssistant, lock: DelayedRadioLock) -> list[str]:
    """Return what is shown as proven, and is not so."""
    site = site_of(hass)
    return [
        f"slot {view.slot} is not {view.desired}"
        for each in site.locks.values()
        for view in each.data.slots.values()
        if view.state is SlotState.IN_SYNC and not _is_true(site, lock, view)
    ]


def _is_true(site: Site, lock: DelayedRadioLock, view: SlotView) -> bool:
    current = site.vault.current_pin(view.credential)
    return is_true(
        view.desired,
        lock.live.get(view.slot),
        current=() if current is None else (current.reveal(),),
        ever=[pin.reveal() for pin in site.vault.pins(view.credential).values()],
    )


async def wait_until_converged(
    hass: HomeAssistant, lock: DelayedRadioLock, more: float = AFTERWARDS
) -> None:
    """Wait until all is as it should be, and see that it stays so."""
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while faults := end_state_problems(hass, lock):
        assert asyncio.get_running_loop().time() < deadline, "; ".join(faults)
        await asyncio.sleep(0.5)
    await asyncio.sleep(more)
    assert not (faults := end_state_problems(hass, lock)), (
        f"not for long: {'; '.join(faults)}"
    )
