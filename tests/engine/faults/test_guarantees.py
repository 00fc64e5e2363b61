"""What is promised whatever a lock does, with the real delays."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from custom_components.keyholder.model.access import AccessType
from custom_components.keyholder.model.credential import LockId, PersonId, PersonStatus
from custom_components.keyholder.model.lock_events import WriteRejected
from custom_components.keyholder.model.slot import DesiredState, Reason, SlotState
from custom_components.keyholder.model.slot_events import ResumeChoice
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.engine.engine_claims import watch_engine
from tests.harness.engine.engine_harness import EngineHarness
from tests.harness.engine.real_delays import StoredData, engine_with_real_delays
from tests.harness.fakes.provider import Call, FakeProvider, Profile
from tests.harness.waiting import wait_for

SHOWING = pytest.mark.parametrize("profile", [Profile.READABLE, Profile.MASKING])
EVERY = pytest.mark.parametrize("profile", list(Profile))
PROVEN = (SlotState.IN_SYNC, SlotState.ACCEPTED)


def commands(provider: FakeProvider) -> list[tuple[Call, int | None]]:
    return [call for call in provider.calls if call[0] in (Call.WRITE, Call.CLEAR)]


@asynccontextmanager
async def ann_at_front(
    profile: Profile,
    *,
    slots: tuple[int, int] | None = None,
    enabled: bool = True,
    rest: float = 120,
) -> AsyncIterator[tuple[EngineHarness, FakeProvider, LockId, PersonId]]:
    """Add Ann at one lock, and let so many seconds pass."""
    async with engine_with_real_delays() as engine:
        provider = FakeProvider(profile)
        lock = engine.add_lock("Front", provider, slots=slots)
        ann = await engine.add_person("Ann", "907153", enabled=enabled)
        await asyncio.sleep(rest)
        yield engine, provider, lock, ann


@EVERY
def test_a_duplicate_stops_that_slot_on_that_lock_and_nothing_else(
    profile: Profile,
) -> None:
    async def scenario() -> None:
        async with engine_with_real_delays() as engine:
            # somebody else has that code on one lock, in a slot that is not ours
            front = FakeProvider(profile, codes={9: "907153"})
            back = FakeProvider(profile)
            locks = [
                engine.add_lock(name, provider, slots=(1, 5))
                for name, provider in (("Front", front), ("Back", back))
            ]
            ann = await engine.add_person("Ann", "907153")
            bob = await engine.add_person("Bob", "908001")
            await asyncio.sleep(600)
            view = engine.view(locks[0], ann)
            assert view is not None
            assert (view.state, view.reason) == (SlotState.SUSPENDED, Reason.DUPLICATE)
            assert view.desired is DesiredState.PRESENT
            assert front.counts.writes == 2
            assert engine.site.people[ann].enabled
            assert engine.state(locks[1], ann) in PROVEN
            assert all(engine.state(lock, bob) in PROVEN for lock in locks)
            assert back.codes[1] == "907153"
            people = engine.site.people
            assert engine.site.status(people[ann]) is PersonStatus.ATTENTION
            assert engine.site.status(people[bob]) is PersonStatus.ACTIVE
            front.delete_at_keypad(9)
            engine.resume(locks[0], ann, ResumeChoice.RETRY)
            await asyncio.sleep(60)
            assert engine.state(locks[0], ann) in PROVEN
            assert front.codes[1] == "907153"

    run_on_virtual_clock(scenario())


@EVERY
def test_a_late_duplicate_report_counts_only_for_our_own_write(
    profile: Profile,
) -> None:
    async def scenario() -> None:
        async with ann_at_front(profile, slots=(1, 5), rest=600) as (
            engine,
            provider,
            lock,
            ann,
        ):
            for slot in (1, 4, 99):
                provider.emit(WriteRejected(slot, Reason.DUPLICATE))
            await asyncio.sleep(60)
            assert engine.state(lock, ann) in PROVEN
            assert provider.counts.writes == 1

    run_on_virtual_clock(scenario())


@SHOWING
def test_a_refusal_of_a_write_that_was_given_up_does_not_stop_the_next(
    profile: Profile,
) -> None:
    async def scenario() -> None:
        async with ann_at_front(profile, enabled=False, rest=5) as (
            engine,
            provider,
            lock,
            ann,
        ):
            provider.faults.refuse_late = 3
            engine.set_enabled(ann, True)
            await asyncio.sleep(1)
            assert provider.counts.writes == 1
            engine.set_enabled(ann, False)
            provider.faults.refuse_late = None
            await asyncio.sleep(5)
            assert provider.codes == {}
            engine.set_enabled(ann, True)
            await asyncio.sleep(120)
            assert engine.state(lock, ann) is SlotState.IN_SYNC

    run_on_virtual_clock(scenario())


@pytest.mark.parametrize("is_first", [True, False], ids=["first code", "new PIN"])
@SHOWING
def test_a_revocation_survives_a_late_superseded_write(
    profile: Profile, is_first: bool
) -> None:
    async def scenario() -> None:
        async with ann_at_front(profile, enabled=not is_first) as (
            engine,
            provider,
            lock,
            ann,
        ):
            claims = watch_engine(engine)
            provider.faults.commits_after = 3
            if is_first:
                engine.set_enabled(ann, True)
            else:
                await engine.set_pin(ann, "907154")
            await asyncio.sleep(0.5)
            provider.faults.commits_after = 0
            engine.set_enabled(ann, False)
            await asyncio.sleep(1)
            assert engine.state(lock, ann) is not SlotState.IN_SYNC
            await asyncio.sleep(1.6)
            if is_first:
                assert (provider.counts.clears, provider.codes) == (1, {1: "907153"})
            await asyncio.sleep(90)
            assert provider.codes == {}
            assert engine.state(lock, ann) is SlotState.IN_SYNC
            assert claims.false_claims == []

    run_on_virtual_clock(scenario())


@SHOWING
def test_a_new_pin_survives_a_late_write_of_the_former_one(
    profile: Profile,
) -> None:
    async def scenario() -> None:
        async with ann_at_front(profile, enabled=False) as (
            engine,
            provider,
            lock,
            ann,
        ):
            claims = watch_engine(engine)
            provider.faults.commits_after = 3
            engine.set_enabled(ann, True)
            await asyncio.sleep(0.5)
            provider.faults.commits_after = 0
            await engine.set_pin(ann, "907154")
            await asyncio.sleep(1)
            if profile is Profile.READABLE:
                assert provider.codes == {1: "907154"}
            assert engine.state(lock, ann) is not SlotState.IN_SYNC
            await asyncio.sleep(1.6)
            assert provider.codes == {1: "907153"}
            await asyncio.sleep(300)
            assert provider.codes == {1: "907154"}
            assert engine.state(lock, ann) is SlotState.IN_SYNC
            assert claims.false_claims == []

    run_on_virtual_clock(scenario())


@EVERY
def test_a_write_that_hangs_does_not_keep_a_revocation_waiting_for_ever(
    profile: Profile,
) -> None:
    async def scenario() -> None:
        async with ann_at_front(profile, slots=(1, 10)) as (
            engine,
            provider,
            lock,
            ann,
        ):
            claims = watch_engine(engine)
            provider.hang(Call.WRITE)
            bob = await engine.add_person("Bob", "908001")
            await asyncio.sleep(5)
            assert commands(provider)[-1] == (Call.WRITE, 2)
            engine.set_enabled(ann, False)
            await asyncio.sleep(180)
            assert provider.codes == {}
            assert engine.state(lock, ann) in PROVEN
            provider.release()
            await asyncio.sleep(300)
            assert provider.codes == {2: "908001"}
            assert engine.state(lock, bob) in PROVEN
            assert claims.false_claims == []

    run_on_virtual_clock(scenario())


@EVERY
def test_a_lock_that_goes_amid_each_of_five_writes_is_not_to_blame(
    profile: Profile,
) -> None:
    async def scenario() -> None:
        async with engine_with_real_delays() as engine:
            provider = FakeProvider(profile)
            lock = engine.add_lock("Front", provider, slots=(1, 10))
            provider.hang(Call.WRITE)
            ann = await engine.add_person("Ann", "907153")
            await asyncio.sleep(5)
            claims = watch_engine(engine)
            for times in range(1, 6):

                def is_sent(times: int = times) -> bool:
                    return provider.counts.writes == times

                await wait_for(is_sent, 3600)
                provider.faults.unreachable = 1
                provider.release()
                provider.hang(Call.WRITE)
            provider.release()
            await asyncio.sleep(3600)
            # a slot that is suspended would not be written again
            assert provider.counts.writes == 6
            assert provider.codes == {1: "907153"}
            assert engine.state(lock, ann) in PROVEN
            assert claims.false_claims == []

    run_on_virtual_clock(scenario())


@SHOWING
def test_a_revocation_overtakes_thirty_queued_writes_and_is_repeated(
    profile: Profile,
) -> None:
    async def scenario() -> None:
        async with engine_with_real_delays() as engine:
            provider = FakeProvider(profile, slots=40)
            lock = engine.add_lock("Front", provider)
            ann = await engine.add_person("Ann", "907153")
            others = [
                await engine.add_person(str(number), f"90{number:04}")
                for number in range(30)
            ]
            await asyncio.sleep(300)
            slot = engine.slot_of(lock, ann)
            provider.faults.answers_after = 10
            for number, person in enumerate(others):
                await engine.set_pin(person, f"91{number:04}")
            await asyncio.sleep(25)
            begun = len(commands(provider))
            provider.faults.drop_clears = True
            engine.set_enabled(ann, False)
            await asyncio.sleep(20)
            # at most the command that was under way came before it
            assert (Call.CLEAR, slot) in commands(provider)[begun : begun + 2]
            provider.faults.answers_after = 0
            provider.faults.drop_clears = False
            await asyncio.sleep(1800)
            assert len(provider.codes) == 30
            assert "907153" not in provider.codes.values()
            assert all(engine.state(lock, each) is SlotState.IN_SYNC for each in others)
            cleared = provider.calls.index((Call.CLEAR, slot))
            assert provider.calls[cleared + 1] == (Call.READ, slot)

    run_on_virtual_clock(scenario())


@SHOWING
def test_a_revoked_code_is_cleared_while_its_slot_is_suspended(
    profile: Profile,
) -> None:
    async def scenario() -> None:
        async with ann_at_front(profile) as (engine, provider, lock, ann):
            provider.faults.refuse = Reason.REJECTED
            provider.faults.drop_clears = 6
            await engine.set_pin(ann, "907154")
            await asyncio.sleep(60)
            shown = set()
            for _ in range(600):
                await asyncio.sleep(1)
                shown.add(engine.state(lock, ann))
            assert provider.codes == {}
            # the repair must not come and go with every try
            assert shown == {SlotState.SUSPENDED}
            engine.set_enabled(ann, False)
            await asyncio.sleep(60)
            assert engine.snapshot(lock).slots[1].desired is DesiredState.ABSENT
            assert engine.state(lock, ann) is SlotState.IN_SYNC

    run_on_virtual_clock(scenario())


@SHOWING
def test_whoever_is_removed_while_suspended_is_proven_gone_and_forgotten(
    profile: Profile,
) -> None:
    async def scenario() -> None:
        async with engine_with_real_delays() as engine:
            provider = FakeProvider(profile)
            provider.faults.drop_writes = True
            lock = engine.add_lock("Front", provider)
            ann = await engine.add_person("Ann", "907153")
            await asyncio.sleep(600)
            assert engine.state(lock, ann) is SlotState.SUSPENDED
            engine.remove(ann)
            await asyncio.sleep(300)
            assert provider.codes == {}
            assert not engine.snapshot(lock).slots
            # kept until Home Assistant has saved the removal
            assert ann not in {ref.person for ref in engine.site.vault.credentials}

    run_on_virtual_clock(scenario())


@SHOWING
def test_a_revocation_is_the_first_thing_done_after_a_start(profile: Profile) -> None:
    disk: StoredData = {}

    async def scenario() -> None:
        async with engine_with_real_delays(disk) as engine:
            provider = FakeProvider(profile, slots=40)
            lock = engine.add_lock("Front", provider)
            people = [
                await engine.add_person(str(number), f"90{number:04}")
                for number in range(30)
            ]
            await asyncio.sleep(300)
            slot = engine.slot_of(lock, people[-1])
            provider.disconnect()
            for number, person in enumerate(people[:-1]):
                await engine.set_pin(person, f"91{number:04}")
            engine.set_enabled(people[-1], False)
            await asyncio.sleep(5)
            await engine.close()
            provider.calls.clear()
            await engine.open()
            provider.connect()
            await asyncio.sleep(300)
            assert commands(provider)[0] == (Call.CLEAR, slot)
            assert engine.state(lock, people[-1]) is SlotState.IN_SYNC
            wanted = [f"91{number:04}" for number in range(29)]
            assert sorted(provider.codes.values()) == wanted

    run_on_virtual_clock(scenario())


@pytest.mark.parametrize("reported", [True, False])
@SHOWING
def test_a_code_typed_between_plan_and_write_is_left_alone(
    profile: Profile, reported: bool
) -> None:
    async def scenario() -> None:
        async with engine_with_real_delays() as engine:
            provider = FakeProvider(profile)
            lock = engine.add_lock("Front", provider)
            ann = await engine.add_person("Ann", "907153", enabled=False)
            bob = await engine.add_person("Bob", "908001", enabled=False)
            await asyncio.sleep(5)
            provider.hang(Call.WRITE)
            engine.set_enabled(bob, True)
            engine.set_enabled(ann, True)
            await asyncio.sleep(1)
            # both slots were seen empty, and one write keeps the other waiting
            first, second = sorted(
                (ann, bob), key=lambda each: engine.slot_of(lock, each)
            )
            assert commands(provider) == [(Call.WRITE, 1)]
            provider.set_at_keypad(2, "909999", reported=reported)
            await asyncio.sleep(15)
            provider.release()
            await asyncio.sleep(300)
            assert provider.codes[2] == "909999"
            view = engine.view(lock, second)
            assert view is not None
            assert (view.state, view.reason) == (SlotState.SUSPENDED, Reason.OCCUPIED)
            assert engine.state(lock, first) is SlotState.IN_SYNC
            assert engine.published(AccessType.CODE_ADDED) == [
                (AccessType.CODE_ADDED, 2)
            ]
            assert not [call for call in commands(provider) if call[1] == 2]
            # nor is it ours to take away when the person goes
            engine.set_enabled(second, False)
            await asyncio.sleep(300)
            assert provider.codes[2] == "909999"
            engine.set_enabled(second, True)
            await asyncio.sleep(300)
            assert engine.state(lock, second) is SlotState.SUSPENDED
            engine.resume(lock, second, ResumeChoice.REPLACE)
            await asyncio.sleep(300)
            assert set(provider.codes.values()) == {"907153", "908001"}
            assert engine.state(lock, second) is SlotState.IN_SYNC

    run_on_virtual_clock(scenario())
