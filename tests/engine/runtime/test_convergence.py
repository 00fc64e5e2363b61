"""The engine on locks in memory: what a user wants is on the lock, and proved."""

import asyncio

import pytest

from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.slot import Reason, SlotState
from custom_components.keyholder.model.slot_events import ResumeChoice, UserResumed
from custom_components.keyholder.model.snapshot import CredentialsState
from tests.harness.engine.engine_harness import EngineHarness
from tests.harness.fakes.provider import Call, FakeProvider, Profile
from tests.harness.waiting import wait_for


@pytest.mark.parametrize(
    ("profile", "evidence"),
    [(Profile.READABLE, Evidence.VALUE), (Profile.MASKING, Evidence.PRESENCE)],
)
async def test_a_code_is_written_once_and_read_back(
    engine: EngineHarness, profile: Profile, evidence: Evidence
) -> None:
    provider = FakeProvider(profile)
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153")

    view = await engine.until_state(lock, ann, SlotState.IN_SYNC)

    assert provider.codes == {1: "907153"}
    assert (view.slot, view.evidence) == (1, evidence)
    assert view.verified_at is not None
    assert (provider.counts.writes, provider.counts.reads) == (1, 2)
    assert engine.snapshot(lock).state is CredentialsState.IN_SYNC


async def test_a_lock_that_shows_nothing_ends_in_accepted_never_in_sync(
    engine: EngineHarness,
) -> None:
    provider = FakeProvider(Profile.WRITE_ONLY)
    lock = engine.add_lock("Front", provider, slots=(3, 8))
    ann = await engine.add_person("Ann", "907153")

    view = await engine.until_state(lock, ann, SlotState.ACCEPTED)

    assert provider.codes == {3: "907153"}
    assert view.evidence is Evidence.ACKNOWLEDGED
    assert provider.counts.reads == 0


async def test_a_lock_that_shows_nothing_gets_no_code_without_slots_given_to_us(
    engine: EngineHarness,
) -> None:
    provider = FakeProvider(Profile.WRITE_ONLY)
    lock = engine.add_lock("Front", provider)
    await engine.add_person("Ann", "907153")

    await wait_for(lambda: any(engine.snapshot(lock).unassigned.values()))

    assert provider.counts.total == 0


async def test_a_code_that_is_already_there_is_left_alone_and_its_slot_skipped(
    engine: EngineHarness,
) -> None:
    provider = FakeProvider(codes={1: "9011", 2: "9012"})
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153")

    view = await engine.until_state(lock, ann, SlotState.IN_SYNC)

    assert view.slot == 3
    assert provider.codes == {1: "9011", 2: "9012", 3: "907153"}


async def test_a_slot_that_cannot_be_read_is_not_free(engine: EngineHarness) -> None:
    provider = FakeProvider()
    provider.faults.silent_reads = 1
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153")

    view = await engine.until_state(lock, ann, SlotState.IN_SYNC)

    assert view.slot == 2


async def test_a_full_lock_says_so_and_takes_the_code_when_a_slot_is_freed(
    engine: EngineHarness,
) -> None:
    provider = FakeProvider(slots=1, codes={1: "9011"})
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153")
    await wait_for(
        lambda: Reason.NO_FREE_SLOT in engine.snapshot(lock).unassigned.values()
    )

    provider.delete_at_keypad(1)

    await engine.until_state(lock, ann, SlotState.IN_SYNC)
    assert provider.codes == {1: "907153"}


async def test_a_new_pin_is_one_write_and_one_read_on_every_lock_of_the_person(
    engine: EngineHarness,
) -> None:
    providers = [FakeProvider(), FakeProvider()]
    locks = [
        engine.add_lock(name, provider)
        for name, provider in zip("ab", providers, strict=True)
    ]
    ann = await engine.add_person("Ann", "907153")
    for lock in locks:
        await engine.until_state(lock, ann, SlotState.IN_SYNC)
    for provider in providers:
        provider.counts.reads = provider.counts.writes = 0

    from custom_components.keyholder.model.pin import Pin

    await engine.site.async_set_pin(ann, Pin("907154"))

    await wait_for(lambda: all(each.codes == {1: "907154"} for each in providers))
    for lock, provider in zip(locks, providers, strict=True):
        await engine.until_state(lock, ann, SlotState.IN_SYNC)
        assert (provider.counts.writes, provider.counts.reads) == (1, 1)


async def test_a_masked_change_clears_sees_empty_writes_and_sees_occupied(
    engine: EngineHarness,
) -> None:
    provider = FakeProvider(Profile.MASKING)
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153")
    await engine.until_state(lock, ann, SlotState.IN_SYNC)
    provider.calls.clear()

    from custom_components.keyholder.model.pin import Pin

    await engine.site.async_set_pin(ann, Pin("907154"))

    await wait_for(lambda: provider.codes == {1: "907154"})
    await engine.until_state(lock, ann, SlotState.IN_SYNC)
    assert [call for call, _ in provider.calls] == [
        Call.CLEAR,
        Call.READ,
        Call.WRITE,
        Call.READ,
    ]


async def test_disabling_clears_with_proof_and_enabling_writes_once(
    engine: EngineHarness,
) -> None:
    provider = FakeProvider()
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153")
    slot = (await engine.until_state(lock, ann, SlotState.IN_SYNC)).slot

    engine.set_enabled(ann, False)
    await wait_for(lambda: provider.codes == {})
    view = await engine.until_state(lock, ann, SlotState.IN_SYNC)
    assert view.desired == "absent"
    provider.counts.writes = 0

    engine.set_enabled(ann, True)
    await wait_for(lambda: provider.codes == {slot: "907153"})
    await engine.until_state(lock, ann, SlotState.IN_SYNC)
    assert provider.counts.writes == 1


@pytest.mark.parametrize("profile", [Profile.READABLE, Profile.MASKING])
async def test_writes_that_are_dropped_end_suspended_and_never_in_sync(
    engine: EngineHarness, profile: Profile
) -> None:
    provider = FakeProvider(profile)
    provider.faults.drop_writes = True
    lock = engine.add_lock("Front", provider)
    seen = set()
    engine.site.async_add_lock_listener(
        lambda _: seen.add(engine.state(lock, "person-Ann"))
    )
    ann = await engine.add_person("Ann", "907153")

    view = await engine.until_state(lock, ann, SlotState.SUSPENDED)

    assert view.reason is Reason.NOT_STORED
    assert provider.counts.writes == 3
    assert SlotState.IN_SYNC not in seen

    provider.faults.drop_writes = False
    engine.site.locks[lock].slots.async_dispatch(
        view.slot, UserResumed(ResumeChoice.RETRY)
    )
    await engine.until_state(lock, ann, SlotState.IN_SYNC)


async def test_a_removed_person_is_cleared_proven_and_forgotten(
    engine: EngineHarness,
) -> None:
    provider = FakeProvider()
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153")
    await engine.until_state(lock, ann, SlotState.IN_SYNC)

    engine.remove(ann)

    await wait_for(lambda: not engine.snapshot(lock).slots)
    assert provider.codes == {}
    await wait_for(
        lambda: ann not in {ref.person for ref in engine.site.vault.credentials}
    )


async def test_a_removal_from_an_unreachable_lock_is_shown_until_done(
    engine: EngineHarness,
) -> None:
    provider = FakeProvider()
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153")
    await engine.until_state(lock, ann, SlotState.IN_SYNC)
    provider.disconnect()

    engine.remove(ann)
    await wait_for(lambda: (view := engine.view(lock, ann)) and view.owner_removed)
    assert engine.snapshot(lock).has_problem
    await engine.reopen()
    view = engine.view(lock, ann)
    assert view is not None
    assert view.owner_removed
    assert provider.codes == {1: "907153"}

    provider.connect()
    await wait_for(lambda: not engine.snapshot(lock).slots)
    assert provider.codes == {}
    await wait_for(
        lambda: ann not in {ref.person for ref in engine.site.vault.credentials}
    )


async def test_a_restart_writes_nothing_and_shows_what_was_known(
    engine: EngineHarness,
) -> None:
    provider = FakeProvider()
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153")
    before = await engine.until_state(lock, ann, SlotState.IN_SYNC)
    provider.disconnect()
    await engine.close()
    provider.counts.writes = provider.counts.clears = provider.counts.reads = 0

    await asyncio.sleep(1)
    await engine.open()
    view = engine.view(lock, ann)
    assert view is not None
    assert (view.state, view.verified_at) == (SlotState.IN_SYNC, before.verified_at)
    provider.connect()

    # the slot is verified by and by
    await wait_for(lambda: provider.counts.reads == 1)
    await engine.until_idle()
    assert (provider.counts.writes, provider.counts.clears) == (0, 0)


async def test_a_code_is_sent_only_when_its_owner_is_on_disk(
    engine: EngineHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("homeassistant.config_entries.SAVE_DELAY", 0.2)
    provider = FakeProvider()
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153")
    await engine.until_idle()
    assert provider.counts.writes == 0

    await engine.until_state(lock, ann, SlotState.IN_SYNC)


async def test_every_slot_is_read_back_on_request(engine: EngineHarness) -> None:
    provider = FakeProvider()
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153")
    await engine.until_state(lock, ann, SlotState.IN_SYNC)
    provider.counts.reads = 0

    assert await engine.site.locks[lock].requests.async_verify() == {1: True}
    assert provider.counts.reads == 1

    provider.disconnect()
    assert await engine.site.locks[lock].requests.async_verify() == {1: False}
