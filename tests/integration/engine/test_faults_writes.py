"""Writes that are dropped, come late, hang, are refused, or whose answer is lost."""

import pytest

from custom_components.keyholder.model.person_status import PersonStatus
from custom_components.keyholder.model.slot import Reason, SlotState
from custom_components.keyholder.model.slot_events import ResumeChoice
from tests.fakes.provider import Call, FakeProvider, Profile
from tests.waiting import until

from .house import House, our_log
from .truth import Truth

SHOWING = pytest.mark.parametrize("profile", [Profile.READABLE, Profile.MASKING])
EVERY = pytest.mark.parametrize(
    ("profile", "settled"),
    [
        (Profile.READABLE, SlotState.IN_SYNC),
        (Profile.MASKING, SlotState.IN_SYNC),
        (Profile.WRITE_ONLY, SlotState.ACCEPTED),
    ],
)


@SHOWING
async def test_a_write_that_is_dropped_once_is_done_again(
    house: House, truth: Truth, profile: Profile
) -> None:
    provider = FakeProvider(profile)
    provider.faults.drop_writes = 1
    lock = house.add_lock("Front", provider)
    ann = await house.add_person("Ann", "907153")

    await house.until_state(lock, ann, SlotState.IN_SYNC)

    assert provider.counts.writes == 2
    shown = truth.states[lock, 1]
    assert shown.index(SlotState.PENDING_CONFIRMATION) < shown.index(SlotState.IN_SYNC)


@SHOWING
async def test_a_clear_that_is_dropped_is_done_again_at_once_and_told_if_it_goes_on(
    house: House, truth: Truth, profile: Profile
) -> None:
    provider = FakeProvider(profile)
    lock = house.add_lock("Front", provider)
    ann = await house.add_person("Ann", "907153")
    await house.until_state(lock, ann, SlotState.IN_SYNC)

    provider.faults.drop_clears = True
    house.set_enabled(ann, False)
    await until(lambda: _reason(house, lock, ann) is Reason.NOT_CLEARED)
    assert house.snapshot(lock).has_problem
    before = provider.counts.clears
    await until(lambda: provider.counts.clears > before)

    provider.faults.drop_clears = False
    await house.until_state(lock, ann, SlotState.IN_SYNC)
    assert provider.codes == {}


@SHOWING
async def test_a_revocation_survives_a_superseded_write_that_commits_later(
    house: House, truth: Truth, profile: Profile
) -> None:
    provider = FakeProvider(profile)
    provider.faults.late = True
    lock = house.add_lock("Front", provider)
    ann = await house.add_person("Ann", "907153")
    await house.until_state(lock, ann, SlotState.PENDING_CONFIRMATION)
    provider.faults.late = False

    house.set_enabled(ann, False)
    await until(lambda: provider.counts.clears)
    await house.until_idle()
    assert house.state(lock, ann) is not SlotState.IN_SYNC
    provider.land()
    assert provider.codes == {1: "907153"}

    view = await house.until_state(lock, ann, SlotState.IN_SYNC)
    assert view.desired == "absent"
    assert provider.codes == {}


@SHOWING
async def test_a_new_pin_survives_the_old_one_that_commits_later(
    house: House, truth: Truth, profile: Profile
) -> None:
    provider = FakeProvider(profile)
    provider.faults.late = True
    lock = house.add_lock("Front", provider)
    ann = await house.add_person("Ann", "907153")
    await house.until_state(lock, ann, SlotState.PENDING_CONFIRMATION)
    provider.faults.late = False

    await house.set_pin(ann, "907154")
    if profile is Profile.READABLE:
        await until(lambda: provider.codes == {1: "907154"})
    await house.until_idle()
    assert house.state(lock, ann) is not SlotState.IN_SYNC
    provider.land()

    await house.until_state(lock, ann, SlotState.IN_SYNC)
    assert provider.codes == {1: "907154"}


@EVERY
async def test_a_write_that_hangs_frees_the_lock_and_is_done_again(
    house: House, truth: Truth, profile: Profile, settled: SlotState
) -> None:
    provider = FakeProvider(profile)
    lock = house.add_lock("Front", provider, slots=(1, 10))
    ann = await house.add_person("Ann", "907153")
    await house.until_state(lock, ann, settled)
    provider.hang(Call.WRITE)
    bob = await house.add_person("Bob", "907253")
    await until(lambda: (Call.WRITE, 2) in provider.calls)

    house.set_enabled(ann, False)
    await until(lambda: provider.codes == {})
    await house.until_state(lock, ann, settled)

    provider.release()
    await house.until_state(lock, bob, settled)
    assert provider.codes == {2: "907253"}


@EVERY
async def test_a_lock_that_goes_in_the_middle_of_a_write_is_not_to_blame(
    house: House, truth: Truth, profile: Profile, settled: SlotState
) -> None:
    provider = FakeProvider(profile)
    provider.hang(Call.WRITE)
    lock = house.add_lock("Front", provider, slots=(1, 10))
    ann = await house.add_person("Ann", "907153")
    for times in range(1, 6):
        await until(lambda times=times: provider.counts.writes == times)  # type: ignore[misc]
        provider.faults.unreachable = 1
        provider.release()
        provider.hang(Call.WRITE)
    await until(lambda: provider.counts.writes == 6)
    provider.release()

    await house.until_state(lock, ann, settled)
    assert SlotState.SUSPENDED not in truth.states[lock, 1]
    assert provider.codes == {1: "907153"}


@SHOWING
async def test_a_write_whose_answer_was_lost_is_seen_and_not_done_twice(
    house: House, truth: Truth, profile: Profile
) -> None:
    provider = FakeProvider(profile)
    provider.faults.lost_answers = 1
    lock = house.add_lock("Front", provider)
    ann = await house.add_person("Ann", "907153")

    await house.until_state(lock, ann, SlotState.IN_SYNC)
    assert provider.counts.writes == 1

    provider.faults.lost_answers = 1
    house.set_enabled(ann, False)
    await until(lambda: provider.codes == {})
    await house.until_state(lock, ann, SlotState.IN_SYNC)
    assert provider.counts.clears == 1


@EVERY
async def test_a_fault_of_the_library_stays_with_its_lock_and_shows_no_code(
    house: House,
    truth: Truth,
    caplog: pytest.LogCaptureFixture,
    profile: Profile,
    settled: SlotState,
) -> None:
    broken, sound = FakeProvider(profile), FakeProvider(profile)
    back = house.add_lock("Back", broken, slots=(1, 10))
    front = house.add_lock("Front", sound, slots=(1, 10))
    await until(lambda: house.snapshot(back).reachable)
    broken.faults.breaks = ValueError("could not send 907153")
    ann = await house.add_person("Ann", "907153")

    await house.until_state(front, ann, settled)
    assert house.state(back, ann) is not settled
    broken.faults.breaks = None
    if house.state(back, ann) is SlotState.SUSPENDED:
        house.resume(back, ann, ResumeChoice.RETRY)

    await house.until_state(back, ann, settled)
    assert "ValueError" in caplog.text
    assert not any("907153" in line for line in our_log(caplog))


@EVERY
async def test_a_duplicate_stops_that_slot_on_that_lock_only(
    house: House, truth: Truth, profile: Profile, settled: SlotState
) -> None:
    refusing, other = FakeProvider(profile, codes={5: "907153"}), FakeProvider(profile)
    back = house.add_lock("Back", refusing, slots=(1, 4))
    front = house.add_lock("Front", other, slots=(1, 4))
    ann = await house.add_person("Ann", "907153")
    bob = await house.add_person("Bob", "907253")

    view = await house.until_state(back, ann, SlotState.SUSPENDED)
    assert view.reason is Reason.DUPLICATE
    await house.until_state(front, ann, settled)
    await house.until_state(front, bob, settled)
    await house.until_state(back, bob, settled)
    people = house.site.people
    assert people[ann].enabled
    assert house.site.status(people[ann]) is PersonStatus.ATTENTION
    assert house.site.status(people[bob]) is PersonStatus.ACTIVE
    assert refusing.codes == {5: "907153", 2: "907253"}
    assert [slot for call, slot in refusing.calls if call is Call.WRITE].count(1) == 1

    refusing.delete_at_keypad(5)
    house.resume(back, ann, ResumeChoice.RETRY)
    await house.until_state(back, ann, settled)


def _reason(house: House, lock: str, person: str) -> Reason | None:
    view = house.view(lock, person)
    return None if view is None else view.reason
