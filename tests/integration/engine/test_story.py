"""The engine on locks in memory: what a user wants is on the lock, and proved."""

import asyncio

import pytest

from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.slot import Reason, SlotState
from custom_components.keyholder.model.slot_events import ResumeChoice, UserResumed
from custom_components.keyholder.model.snapshot import CredentialsState
from tests.fakes.provider import Call, FakeProvider, Profile
from tests.waiting import until

from .house import House


@pytest.mark.parametrize(
    ("profile", "evidence"),
    [(Profile.READABLE, Evidence.VALUE), (Profile.MASKING, Evidence.PRESENCE)],
)
async def test_a_code_is_written_once_and_read_back(
    house: House, profile: Profile, evidence: Evidence
) -> None:
    provider = FakeProvider(profile)
    lock = house.add_lock("Front", provider)
    ann = await house.add_person("Ann", "907153")

    view = await house.until_state(lock, ann, SlotState.IN_SYNC)

    assert provider.codes == {1: "907153"}
    assert (view.slot, view.evidence) == (1, evidence)
    assert view.verified_at is not None
    assert (provider.counts.writes, provider.counts.reads) == (1, 2)
    assert house.snapshot(lock).state is CredentialsState.IN_SYNC


async def test_a_lock_that_shows_nothing_ends_in_accepted_never_in_sync(
    house: House,
) -> None:
    provider = FakeProvider(Profile.WRITE_ONLY)
    lock = house.add_lock("Front", provider, slots=(3, 8))
    ann = await house.add_person("Ann", "907153")

    view = await house.until_state(lock, ann, SlotState.ACCEPTED)

    assert provider.codes == {3: "907153"}
    assert view.evidence is Evidence.ACKNOWLEDGED
    assert provider.counts.reads == 0


async def test_a_lock_that_shows_nothing_gets_no_code_without_slots_given_to_us(
    house: House,
) -> None:
    provider = FakeProvider(Profile.WRITE_ONLY)
    lock = house.add_lock("Front", provider)
    await house.add_person("Ann", "907153")

    await until(lambda: any(house.snapshot(lock).unassigned.values()))

    assert provider.counts.total == 0


async def test_a_code_that_is_already_there_is_left_alone_and_its_slot_skipped(
    house: House,
) -> None:
    provider = FakeProvider(codes={1: "9011", 2: "9012"})
    lock = house.add_lock("Front", provider)
    ann = await house.add_person("Ann", "907153")

    view = await house.until_state(lock, ann, SlotState.IN_SYNC)

    assert view.slot == 3
    assert provider.codes == {1: "9011", 2: "9012", 3: "907153"}


async def test_a_slot_that_cannot_be_read_is_not_free(house: House) -> None:
    provider = FakeProvider()
    provider.faults.silent_reads = 1
    lock = house.add_lock("Front", provider)
    ann = await house.add_person("Ann", "907153")

    view = await house.until_state(lock, ann, SlotState.IN_SYNC)

    assert view.slot == 2


async def test_a_full_lock_says_so_and_takes_the_code_when_a_slot_is_freed(
    house: House,
) -> None:
    provider = FakeProvider(slots=1, codes={1: "9011"})
    lock = house.add_lock("Front", provider)
    ann = await house.add_person("Ann", "907153")
    await until(lambda: Reason.NO_FREE_SLOT in house.snapshot(lock).unassigned.values())

    provider.delete_at_keypad(1)

    await house.until_state(lock, ann, SlotState.IN_SYNC)
    assert provider.codes == {1: "907153"}


async def test_a_new_pin_is_one_write_and_one_read_on_every_lock_of_the_person(
    house: House,
) -> None:
    providers = [FakeProvider(), FakeProvider()]
    locks = [
        house.add_lock(name, provider)
        for name, provider in zip("ab", providers, strict=True)
    ]
    ann = await house.add_person("Ann", "907153")
    for lock in locks:
        await house.until_state(lock, ann, SlotState.IN_SYNC)
    for provider in providers:
        provider.counts.reads = provider.counts.writes = 0

    from custom_components.keyholder.model.pin import Pin

    await house.site.async_set_pin(ann, Pin("907154"))

    await until(lambda: all(each.codes == {1: "907154"} for each in providers))
    for lock, provider in zip(locks, providers, strict=True):
        await house.until_state(lock, ann, SlotState.IN_SYNC)
        assert (provider.counts.writes, provider.counts.reads) == (1, 1)


async def test_a_masked_change_clears_sees_empty_writes_and_sees_occupied(
    house: House,
) -> None:
    provider = FakeProvider(Profile.MASKING)
    lock = house.add_lock("Front", provider)
    ann = await house.add_person("Ann", "907153")
    await house.until_state(lock, ann, SlotState.IN_SYNC)
    provider.calls.clear()

    from custom_components.keyholder.model.pin import Pin

    await house.site.async_set_pin(ann, Pin("907154"))

    await until(lambda: provider.codes == {1: "907154"})
    await house.until_state(lock, ann, SlotState.IN_SYNC)
    assert [call for call, _ in provider.calls] == [
        Call.CLEAR,
        Call.READ,
        Call.WRITE,
        Call.READ,
    ]


async def test_switched_off_is_cleared_and_proven_and_on_again_is_written_once(
    house: House,
) -> None:
    provider = FakeProvider()
    lock = house.add_lock("Front", provider)
    ann = await house.add_person("Ann", "907153")
    slot = (await house.until_state(lock, ann, SlotState.IN_SYNC)).slot

    house.set_enabled(ann, False)
    await until(lambda: provider.codes == {})
    view = await house.until_state(lock, ann, SlotState.IN_SYNC)
    assert view.desired == "absent"
    provider.counts.writes = 0

    house.set_enabled(ann, True)
    await until(lambda: provider.codes == {slot: "907153"})
    await house.until_state(lock, ann, SlotState.IN_SYNC)
    assert provider.counts.writes == 1


@pytest.mark.parametrize("profile", [Profile.READABLE, Profile.MASKING])
async def test_writes_that_are_dropped_end_suspended_and_never_in_sync(
    house: House, profile: Profile
) -> None:
    provider = FakeProvider(profile)
    provider.faults.drop_writes = True
    lock = house.add_lock("Front", provider)
    seen = set()
    house.site.async_add_lock_listener(
        lambda _: seen.add(house.state(lock, "person-Ann"))
    )
    ann = await house.add_person("Ann", "907153")

    view = await house.until_state(lock, ann, SlotState.SUSPENDED)

    assert view.reason is Reason.NOT_STORED
    assert provider.counts.writes == 3
    assert SlotState.IN_SYNC not in seen

    provider.faults.drop_writes = False
    house.site.locks[lock].send(view.slot, UserResumed(ResumeChoice.RETRY))
    await house.until_state(lock, ann, SlotState.IN_SYNC)


async def test_a_removed_person_is_cleared_proven_and_forgotten(house: House) -> None:
    provider = FakeProvider()
    lock = house.add_lock("Front", provider)
    ann = await house.add_person("Ann", "907153")
    await house.until_state(lock, ann, SlotState.IN_SYNC)

    house.remove(ann)

    await until(lambda: not house.snapshot(lock).slots)
    assert provider.codes == {}
    await until(lambda: ann not in {ref.person for ref in house.site.vault.credentials})


async def test_a_removal_from_a_lock_out_of_reach_is_remembered_and_shown_until_done(
    house: House,
) -> None:
    provider = FakeProvider()
    lock = house.add_lock("Front", provider)
    ann = await house.add_person("Ann", "907153")
    await house.until_state(lock, ann, SlotState.IN_SYNC)
    provider.disconnect()

    house.remove(ann)
    await until(lambda: (view := house.view(lock, ann)) and view.owner_removed)
    assert house.snapshot(lock).has_problem
    await house.reopen()
    view = house.view(lock, ann)
    assert view is not None
    assert view.owner_removed
    assert provider.codes == {1: "907153"}

    provider.connect()
    await until(lambda: not house.snapshot(lock).slots)
    assert provider.codes == {}
    await until(lambda: ann not in {ref.person for ref in house.site.vault.credentials})


async def test_a_restart_writes_nothing_and_shows_what_was_known(house: House) -> None:
    provider = FakeProvider()
    lock = house.add_lock("Front", provider)
    ann = await house.add_person("Ann", "907153")
    before = await house.until_state(lock, ann, SlotState.IN_SYNC)
    provider.disconnect()
    await house.close()
    provider.counts.writes = provider.counts.clears = provider.counts.reads = 0

    await asyncio.sleep(1)
    await house.open()
    view = house.view(lock, ann)
    assert view is not None
    assert (view.state, view.verified_at) == (SlotState.IN_SYNC, before.verified_at)
    provider.connect()

    # the slot is verified by and by
    await until(lambda: provider.counts.reads == 1)
    await house.until_idle()
    assert (provider.counts.writes, provider.counts.clears) == (0, 0)


async def test_a_code_is_sent_only_when_its_owner_is_on_disk(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("homeassistant.config_entries.SAVE_DELAY", 0.2)
    provider = FakeProvider()
    lock = house.add_lock("Front", provider)
    ann = await house.add_person("Ann", "907153")
    await house.until_idle()
    assert provider.counts.writes == 0

    await house.until_state(lock, ann, SlotState.IN_SYNC)


async def test_every_slot_is_read_back_on_request(house: House) -> None:
    provider = FakeProvider()
    lock = house.add_lock("Front", provider)
    ann = await house.add_person("Ann", "907153")
    await house.until_state(lock, ann, SlotState.IN_SYNC)
    provider.counts.reads = 0

    assert await house.site.locks[lock].async_verify() == {1: True}
    assert provider.counts.reads == 1

    provider.disconnect()
    assert await house.site.locks[lock].async_verify() == {1: False}
