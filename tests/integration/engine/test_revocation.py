"""Taking access away goes first, and no failure elsewhere delays it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from custom_components.keyholder.model.slot import SlotState
from tests.fakes.provider import Call, FakeProvider, Profile
from tests.waiting import until

from .house import QUICK, House
from .truth import Truth

SHOWING = pytest.mark.parametrize("profile", [Profile.READABLE, Profile.MASKING])


@SHOWING
async def test_a_revocation_overtakes_thirty_queued_writes(
    house: House, truth: Truth, profile: Profile
) -> None:
    second = timedelta(seconds=1)
    house.timing = replace(
        QUICK, job_timeout=20 * second, empty_read_max_age=10 * second
    )
    await house.reopen()
    provider = FakeProvider(profile, slots=40)
    lock = house.add_lock("Front", provider)
    ann = await house.add_person("Ann", "907153")
    await house.until_state(lock, ann, SlotState.IN_SYNC)
    people = [
        await house.add_person(f"{number}", f"9020{number:02}", enabled=False)
        for number in range(31)
    ]
    provider.hang(Call.WRITE)
    provider.calls.clear()
    for person in people:
        house.set_enabled(person, True)
    await until(lambda: (Call.WRITE, 2) in provider.calls)
    # the others are queued, or wait for their slot behind that write
    await until(
        lambda: len((shown := house.snapshot(lock)).slots) + len(shown.unassigned) == 32
    )

    house.set_enabled(ann, False)
    await until(lambda: (view := house.view(lock, ann)) and view.desired == "absent")
    provider.release()
    await until(lambda: (Call.READ, 1) in provider.calls)
    await house.until_state(lock, ann, SlotState.IN_SYNC)

    operations = [
        call for call in provider.calls if call[0] in (Call.WRITE, Call.CLEAR)
    ]
    assert operations[:2] == [(Call.WRITE, 2), (Call.CLEAR, 1)]
    cleared = provider.calls.index((Call.CLEAR, 1))
    assert provider.calls[cleared + 1] == (Call.READ, 1)
    for person in people:
        await house.until_state(lock, person, SlotState.IN_SYNC)
    assert len(provider.codes) == 31


@SHOWING
async def test_a_suspended_slot_is_still_cleared(
    house: House, truth: Truth, profile: Profile
) -> None:
    provider = FakeProvider(profile)
    lock = house.add_lock("Front", provider)
    ann = await house.add_person("Ann", "907153")
    await house.until_state(lock, ann, SlotState.IN_SYNC)
    provider.faults.drop_writes = True
    await house.set_pin(ann, "907154")
    await house.until_state(lock, ann, SlotState.SUSPENDED)
    # the PIN that was taken back does not stay because the new one cannot be stored
    await until(lambda: provider.codes == {})

    house.set_enabled(ann, False)
    view = await house.until_state(lock, ann, SlotState.IN_SYNC)
    assert view.desired == "absent"


@SHOWING
async def test_taking_a_person_back_while_they_are_suspended_ends_proven(
    house: House, truth: Truth, profile: Profile
) -> None:
    provider = FakeProvider(profile)
    provider.faults.drop_writes = True
    provider.faults.late = True
    lock = house.add_lock("Front", provider)
    ann = await house.add_person("Ann", "907153")
    await house.until_state(lock, ann, SlotState.SUSPENDED)
    provider.faults.late = False

    house.remove(ann)
    await until(lambda: not house.snapshot(lock).slots)
    assert provider.codes == {}
    # kept until Home Assistant has saved the removal
    await until(lambda: ann not in house.site.vault.people)


async def test_a_lock_that_shows_nothing_is_cleared_and_never_said_to_be_in_sync(
    house: House,
) -> None:
    provider = FakeProvider(Profile.WRITE_ONLY)
    lock = house.add_lock("Front", provider, slots=(1, 5))
    ann = await house.add_person("Ann", "907153")
    await house.until_state(lock, ann, SlotState.ACCEPTED)

    house.set_enabled(ann, False)
    await until(lambda: provider.codes == {})
    view = await house.until_state(lock, ann, SlotState.ACCEPTED)
    assert view.desired == "absent"


@SHOWING
async def test_a_revocation_is_the_first_thing_after_a_start(
    house: House, profile: Profile
) -> None:
    provider = FakeProvider(profile, slots=40)
    lock = house.add_lock("Front", provider)
    people = [
        await house.add_person(f"{number}", f"9020{number:02}") for number in range(5)
    ]
    for person in people:
        await house.until_state(lock, person, SlotState.IN_SYNC)
    provider.disconnect()
    last = people[-1]
    house.set_enabled(last, False)
    for person in people[:-1]:
        await house.set_pin(person, f"9030{person[-1]:0>2}")
    await house.reopen()
    provider.calls.clear()
    provider.connect()
    await house.until_state(lock, last, SlotState.IN_SYNC)

    operations = [
        call for call in provider.calls if call[0] in (Call.WRITE, Call.CLEAR)
    ]
    assert operations[0] == (Call.CLEAR, 5)
    for person in people:
        await house.until_state(lock, person, SlotState.IN_SYNC)
    assert sorted(provider.codes.values()) == [f"9030{n:02}" for n in range(4)]
