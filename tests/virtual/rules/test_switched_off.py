"""On a lock that can, a window switches a code off and on instead of clearing it."""

from collections.abc import Awaitable, Callable

import pytest

from custom_components.keyholder.model.lock_events import Action, Method
from custom_components.keyholder.model.slot import DesiredState, SlotState
from tests.fakes.provider import FakeProvider, Held, Profile
from tests.integration.engine.house import House

from ..run import run_virtually
from .story import berlin_house, rest, until, weekly, window

PIN = "907153"
OFFICE = weekly(window(8, 17))
SLOT = 1

both = pytest.mark.parametrize("profile", [Profile.READABLE, Profile.MASKING])

type Story = Callable[[House, FakeProvider, str, str], Awaitable[None]]


def switching(profile: Profile, *, switches: bool = True) -> FakeProvider:
    """Return a lock that can switch codes off and shows who made them."""
    return FakeProvider(profile, tells_makers=True, switches_codes=switches)


def tell(profile: Profile, story: Story, *, switches: bool = True) -> None:
    """Run a story that begins on Monday with the code of Ada in place, at work."""

    async def run() -> None:
        lock = switching(profile, switches=switches)
        async with berlin_house() as house:
            door = house.add_lock("front", lock)
            ada = await house.add_person("Ada", PIN, rule=OFFICE)
            await until("03-02 16:00")
            assert lock.held[SLOT] == Held(PIN, label="Ada")
            reset(lock)
            await story(house, lock, door, ada)

    run_virtually(run())


def reset(lock: FakeProvider) -> None:
    counts = lock.counts
    counts.reads = counts.writes = counts.clears = counts.switches = 0


def used(lock: FakeProvider) -> tuple[int, int, int, int]:
    """Return how many switches, clears, writes and reads there were."""
    counts = lock.counts
    found = counts.switches, counts.clears, counts.writes, counts.reads
    reset(lock)
    return found


def is_away(house: House, door: str, ada: str) -> bool:
    """Return whether it is shown that the code is proven to open nothing."""
    view = house.view(door, ada)
    assert view is not None
    return (view.desired, view.state) == (DesiredState.ABSENT, SlotState.IN_SYNC)


@both
def test_a_window_that_ends_and_begins_is_two_switches_and_two_looks(
    profile: Profile,
) -> None:
    async def story(house: House, lock: FakeProvider, door: str, ada: str) -> None:
        await until("03-02 17:01")
        assert lock.held[SLOT] == Held(PIN, enabled=False, label="Ada")
        assert is_away(house, door, ada)
        await until("03-03 08:01")
        assert lock.held[SLOT] == Held(PIN, label="Ada")
        assert house.state(door, ada) is SlotState.IN_SYNC
        assert used(lock) == (2, 0, 0, 2)
        assert house.told() == []

    tell(profile, story)


@both
def test_a_lock_that_cannot_costs_a_clear_and_a_write(profile: Profile) -> None:
    async def story(house: House, lock: FakeProvider, door: str, ada: str) -> None:
        await until("03-03 08:01")
        assert house.state(door, ada) is SlotState.IN_SYNC
        assert used(lock) == (0, 1, 1, 3)

    tell(profile, story, switches=False)


@both
@pytest.mark.parametrize("how", ["off", "removed", "other locks", "lock removed"])
def test_whoever_goes_for_good_is_cleared_also_while_they_are_off(
    profile: Profile, how: str
) -> None:
    async def story(house: House, lock: FakeProvider, door: str, ada: str) -> None:
        await until("03-02 18:00")
        assert SLOT in lock.held
        match how:
            case "off":
                house.set_enabled(ada, False)
            case "removed":
                house.remove(ada)
            case "other locks":
                house.set_data(ada, all_locks=False, locks=[])
            case "lock removed":
                house.site.removals.begin(
                    next(
                        each.subentry_id
                        for each in house.entry.subentries.values()
                        if each.unique_id == f"lock_{door}"
                    )
                )
        await rest(minutes=5)
        assert lock.held == {}
        if how == "removed":
            assert house.snapshot(door).slots == {}
        if how == "lock removed":
            assert door not in house.site.locks

    tell(profile, story)


@both
def test_a_new_pin_has_the_old_one_cleared_that_is_off(profile: Profile) -> None:
    async def story(house: House, lock: FakeProvider, door: str, ada: str) -> None:
        await until("03-02 18:00")
        await house.set_pin(ada, "907164")
        await rest(minutes=5)
        assert lock.held == {}
        await until("03-03 08:01")
        assert lock.codes == {SLOT: "907164"}
        assert house.state(door, ada) is SlotState.IN_SYNC

    tell(profile, story)


@both
def test_a_lock_that_keeps_a_code_on_is_cleared_within_seconds(
    profile: Profile,
) -> None:
    async def story(house: House, lock: FakeProvider, door: str, ada: str) -> None:
        lock.faults.drop_switches = True
        await until("03-02 17:00")
        await rest(seconds=15)
        assert lock.held == {}
        await until("03-03 16:00")
        assert house.state(door, ada) is SlotState.IN_SYNC
        reset(lock)
        await until("03-03 17:00")
        await rest(seconds=2)
        assert lock.held == {}
        assert used(lock)[0] == 0

    tell(profile, story)


@both
def test_a_lock_that_says_it_cannot_is_cleared_at_once(profile: Profile) -> None:
    async def story(house: House, lock: FakeProvider, door: str, ada: str) -> None:
        lock.faults.refuse_switches = True
        await until("03-02 17:00")
        await rest(seconds=2)
        assert lock.held == {}
        assert is_away(house, door, ada)

    tell(profile, story)


@both
def test_a_code_that_opened_the_door_while_it_was_off_is_cleared(
    profile: Profile,
) -> None:
    """The lock shows it as off, and lets it in all the same: only the door can tell."""

    async def story(house: House, lock: FakeProvider, door: str, ada: str) -> None:
        await until("03-02 18:00")
        lock.operate(Action.UNLOCK, Method.KEYPAD, SLOT)
        await rest(seconds=30)
        assert lock.held == {}
        assert is_away(house, door, ada)
        await until("03-03 16:00")
        assert house.state(door, ada) is SlotState.IN_SYNC
        await until("03-03 17:01")
        assert lock.held == {}

    tell(profile, story)


@both
def test_what_is_off_is_still_off_for_the_next_start(profile: Profile) -> None:
    async def story(house: House, lock: FakeProvider, door: str, ada: str) -> None:
        await until("03-02 18:00")
        reset(lock)
        await house.reopen()
        await until("03-03 08:01")
        assert house.state(door, ada) is SlotState.IN_SYNC
        assert used(lock)[:3] == (1, 0, 0)

    tell(profile, story)


@both
def test_a_lock_that_wakes_a_code_late_is_found_out(profile: Profile) -> None:
    async def story(house: House, lock: FakeProvider, door: str, ada: str) -> None:
        await until("03-02 18:00")
        lock.wake_by_itself(SLOT)
        await house.site.locks[door].async_verify()
        await rest(seconds=30)
        assert lock.held == {}
        assert is_away(house, door, ada)

    tell(profile, story)
