"""The same digits twice on one lock: a code that is not ours has those of somebody."""

import json
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.keyholder.model.access import AccessEvent, AccessType
from custom_components.keyholder.model.access_rules import AccessRule
from custom_components.keyholder.model.credential import CredentialRef
from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.pin import Pin
from custom_components.keyholder.model.slot import DesiredState, Reason, SlotState
from custom_components.keyholder.runtime.storage.stores import Vault
from tests.harness.engine.engine_harness import EngineHarness
from tests.harness.fakes.provider import Call, FakeProvider, Profile
from tests.harness.waiting import wait_for

ANN = CredentialRef("person-Ann")


def uses(engine: EngineHarness) -> list[tuple[str | None, str | None]]:
    """Return who is said to have unlocked, and whose digits were used."""
    return [
        (event.person, event.digits_of)
        for event in engine.events
        if event.type is AccessType.UNLOCKED
    ]


async def test_a_pin_is_not_written_beside_a_code_with_the_same_digits(
    engine: EngineHarness,
) -> None:
    """Clause 16.4: the lock would answer with either slot, and keep one of them."""
    provider = FakeProvider(codes={1: "907153", 3: "9011"})
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153")

    view = await engine.until_state(lock, ann, SlotState.SUSPENDED)
    assert (view.slot, view.reason) == (2, Reason.DUPLICATE)
    assert engine.snapshot(lock).duplicates == {ANN: 1}
    assert engine.snapshot(lock).has_problem
    assert provider.counts.writes == 0

    # a code that is deleted at the lock is read again, and ours is written
    provider.delete_at_keypad(1)
    await engine.until_state(lock, ann, SlotState.IN_SYNC)
    assert provider.codes == {2: "907153", 3: "9011"}
    assert engine.snapshot(lock).duplicates == {}


async def test_another_pin_ends_it_too(engine: EngineHarness) -> None:
    """Clause 16.4: the code in the other slot is nobody's then."""
    provider = FakeProvider(codes={1: "907153"})
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153")
    await engine.until_state(lock, ann, SlotState.SUSPENDED)

    await engine.set_pin(ann, "907154")
    await engine.until_state(lock, ann, SlotState.IN_SYNC)
    await wait_for(lambda: engine.snapshot(lock).duplicates == {})
    assert provider.codes == {1: "907153", 2: "907154"}


async def test_nobody_is_gone_whose_digits_are_in_another_slot(
    engine: EngineHarness,
) -> None:
    """Clause 16.4: the code of ours is cleared, and the PIN still opens the door."""
    provider = FakeProvider()
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153")
    await engine.until_state(lock, ann, SlotState.IN_SYNC)
    provider.set_at_keypad(2, "907153")
    # the search for a free slot reads it
    bob = await engine.add_person("Bob", "907253")
    await engine.until_state(lock, bob, SlotState.IN_SYNC)
    assert engine.snapshot(lock).duplicates == {ANN: 2}
    assert engine.state(lock, ann) is SlotState.IN_SYNC

    engine.set_enabled(ann, False)
    view = await engine.until_state(lock, ann, SlotState.OUT_OF_SYNC)
    assert provider.codes == {2: "907153", 3: "907253"}
    assert (view.desired, view.reason) == (DesiredState.ABSENT, Reason.DUPLICATE)
    assert (view.evidence, view.verified_at) == (Evidence.NONE, None)
    assert not engine.site.is_cleared_everywhere(ann)

    # not even after they were removed: whoever looks finds out why
    engine.remove(ann)
    await engine.until_state(lock, bob, SlotState.IN_SYNC)
    assert engine.view(lock, ann) is not None

    provider.delete_at_keypad(2)
    await wait_for(lambda: engine.view(lock, ann) is None)
    assert provider.codes == {3: "907253"}
    await wait_for(lambda: engine.site.current_pin(ann) is None)


async def test_a_use_of_the_other_slot_is_of_somebodys_digits_and_counts(
    engine: EngineHarness,
) -> None:
    """Clause 16.4: nobody is named, and the digits are used up."""
    provider = FakeProvider()
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153", rule=AccessRule(use_limit=2))
    await engine.until_state(lock, ann, SlotState.IN_SYNC)
    provider.set_at_keypad(2, "907153")
    bob = await engine.add_person("Bob", "907253")
    await engine.until_state(lock, bob, SlotState.IN_SYNC)

    provider.unlock_at_keypad(1)
    await wait_for(lambda: uses(engine) == [(ann, None)])
    provider.unlock_at_keypad(2)
    await wait_for(lambda: uses(engine) == [(ann, None), (None, ann)])
    provider.unlock_at_keypad(4)
    await wait_for(lambda: uses(engine)[2:] == [(None, None)])

    assert engine.site.usage(ann).limited_uses == 2
    await wait_for(lambda: 1 not in provider.codes)
    named = [event.name for event in engine.events if isinstance(event, AccessEvent)]
    assert named.count("Ann") == 1


async def test_what_is_known_survives_a_restart_and_tells_no_digits(
    engine: EngineHarness, hass_storage: dict[str, Any]
) -> None:
    """Clause 16.4: a keyed fingerprint in the vault's file, and never a code of others."""
    provider = FakeProvider(codes={1: "907153", 2: "904444"})
    lock = engine.add_lock("Front", provider)
    bob = await engine.add_person("Bob", "907253")
    await engine.until_state(lock, bob, SlotState.IN_SYNC)
    await engine.close()
    stored = hass_storage[f"keyholder.{engine.entry.entry_id}.secrets"]["data"]
    assert set(stored["fingerprints"]["locks"][lock]) == {"1", "2"}
    text = json.dumps(stored)
    assert "907153" not in text
    assert "904444" not in text

    await engine.open()
    await engine.until_state(lock, bob, SlotState.IN_SYNC)
    reads = provider.counts.reads
    assert engine.site.locks[lock].slot_with(Pin("904444"), None) == 2
    assert provider.counts.reads == reads

    engine.remove(f"lock_{lock}")
    await wait_for(lambda: lock not in engine.site.locks)
    await engine.close()
    stored = hass_storage[f"keyholder.{engine.entry.entry_id}.secrets"]["data"]
    assert "fingerprints" not in stored
    await engine.open()


async def test_a_code_that_is_masked_or_not_shown_leaves_what_is_known(
    engine: EngineHarness,
) -> None:
    """Clause 16.4: only a slot that is read empty, or as another code, is another."""
    provider = FakeProvider(codes={1: "907153"})
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153")
    await engine.until_state(lock, ann, SlotState.SUSPENDED)

    provider.faults.silent_slots = {1}
    assert await engine.site.locks[lock].requests.async_read_slot(1) is None
    assert engine.snapshot(lock).duplicates == {ANN: 1}
    provider.faults.silent_slots = set()
    await engine.site.locks[lock].requests.async_read_slot(1)
    assert engine.snapshot(lock).duplicates == {ANN: 1}
    provider.set_at_keypad(1, "904444", reported=False)
    await engine.site.locks[lock].requests.async_read_slot(1)
    await engine.until_state(lock, ann, SlotState.IN_SYNC)
    assert provider.codes == {1: "904444", 2: "907153"}


async def test_a_lock_without_such_a_code_is_read_no_more_often(
    engine: EngineHarness,
) -> None:
    """Clause 16.4: what is compared is what is read anyway."""
    provider = FakeProvider(codes={1: "904444"})
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153")
    await engine.until_state(lock, ann, SlotState.IN_SYNC)
    slots = [slot for call, slot in provider.calls if call is Call.READ]
    assert slots.count(1) == 1


@pytest.mark.parametrize(
    "stored",
    [
        {"key": "00", "locks": {}},
        {"key": "zz" * 32, "locks": {}},
        {"key": "00" * 32, "locks": []},
        {"key": "00" * 32, "locks": {"a": {"x": "y"}}},
        {"locks": {}},
        [],
        "x",
    ],
)
async def test_damaged_fingerprints_are_made_anew_and_harm_no_pin(
    hass: HomeAssistant, hass_storage: dict[str, Any], stored: object
) -> None:
    """Clause 16.4: they are an aid, and the next reads bring them back."""
    vault = Vault(hass, "entry")
    await vault.async_set_pin(ANN, Pin("907153"))
    hass_storage["keyholder.entry.secrets"]["data"]["fingerprints"] = stored
    again = Vault(hass, "entry")

    assert not (await again.async_load()).damaged
    assert again.current_pin(ANN) == Pin("907153")
    assert again.slots_with("a", Pin("907153")) == ()
    assert again.async_note_code("a", 1, Pin("907153"))
    assert again.slots_with("a", Pin("907153")) == (1,)
    await again.async_close()


async def test_a_lock_that_masks_its_codes_is_compared_with_nothing(
    engine: EngineHarness,
) -> None:
    """Clause 16.4: only a readable code has a fingerprint."""
    provider = FakeProvider(Profile.MASKING, codes={1: "907153"})
    provider.faults.refuse_duplicates = False
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153")
    await engine.until_state(lock, ann, SlotState.IN_SYNC)
    assert engine.snapshot(lock).duplicates == {}


async def test_a_removal_waits_for_the_lock_that_has_the_same_digits(
    engine: EngineHarness,
) -> None:
    """Clause 16.4: it names the lock, and is done when the other code has gone."""
    provider = FakeProvider()
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153")
    await engine.until_state(lock, ann, SlotState.IN_SYNC)
    provider.set_at_keypad(2, "907153", reported=False)
    await engine.site.locks[lock].requests.async_read_slot(2)
    subentry = engine.site.people[ann].subentry_id

    engine.site.removals.async_begin(subentry)
    await engine.until_state(lock, ann, SlotState.OUT_OF_SYNC)
    progress = engine.site.removals.progress(subentry)
    assert progress is not None
    assert (progress.cleared, progress.waiting) == ((), ("Front",))
    assert subentry in engine.entry.subentries

    provider.delete_at_keypad(2)
    await wait_for(lambda: subentry not in engine.entry.subentries)
