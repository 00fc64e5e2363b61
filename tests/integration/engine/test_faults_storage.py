"""A disk that fails, and stores that are lost: nothing is written, nothing is lost."""

import asyncio
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest

from custom_components.keyholder.model.access import AccessType
from custom_components.keyholder.model.credential import CredentialRef, PersonStatus
from custom_components.keyholder.model.evidence import Evidence
from custom_components.keyholder.model.slot import Reason, SlotState
from custom_components.keyholder.model.slot_events import ResumeChoice
from custom_components.keyholder.runtime.storage.durable_store import DurableStore
from tests.disk import disk_that, write_through
from tests.fakes.provider import Call, FakeProvider, Profile
from tests.waiting import until

from .house import House, our_log

SHOWING = pytest.mark.parametrize("profile", [Profile.READABLE, Profile.MASKING])


class Disk:
    """Fails for the stores whose names end so."""

    def __init__(self) -> None:
        self.failing: tuple[str, ...] = ()
        self.attempts = 0
        self.on_write: Callable[[str], None] = lambda key: None

    async def write(self, store: DurableStore, data: dict[str, Any]) -> None:
        self.on_write(store.key)
        if self.failing and store.key.endswith(self.failing):
            self.attempts += 1
            raise OSError("no space left for 907153")
        await write_through(store, data)


@pytest.fixture
def disk(house: House) -> Iterator[Disk]:
    disk = Disk()
    with disk_that(disk.write):
        yield disk


# The disk


@SHOWING
async def test_no_write_without_an_intent_on_disk_while_clears_go_on(
    house: House, disk: Disk, caplog: pytest.LogCaptureFixture, profile: Profile
) -> None:
    provider = FakeProvider(profile)
    lock = house.add_lock("Front", provider)
    ann = await house.add_person("Ann", "907153")
    await house.until_state(lock, ann, SlotState.IN_SYNC)
    provider.counts.writes = 0

    disk.failing = (".slots",)
    bob = await house.add_person("Bob", "907253")
    await until(lambda: house.snapshot(lock).storage_failed)
    house.set_enabled(ann, False)
    await until(lambda: provider.codes == {})
    await house.until_state(lock, ann, SlotState.IN_SYNC)
    assert house.snapshot(lock).has_problem
    assert provider.counts.writes == 0

    # the failing disk was tried without end, as fast as it would answer
    attempts = disk.attempts
    await asyncio.sleep(house.timing.unreachable_backoff.total_seconds())
    assert disk.attempts - attempts <= 4
    await house.until_idle()

    disk.failing = ()
    await house.until_state(lock, bob, SlotState.IN_SYNC)
    await until(lambda: not house.snapshot(lock).storage_failed)
    assert provider.codes == {2: "907253"}
    lines = [line for line in our_log(caplog) if "stored" in line]
    assert len(lines) == 2
    assert not any("907153" in line for line in our_log(caplog))


async def test_a_disk_that_works_again_is_shown_on_every_lock(
    house: House, disk: Disk
) -> None:
    # it stayed failed for good where nothing had to be written
    back = house.add_lock("Back", FakeProvider())
    front = house.add_lock("Front", FakeProvider())
    ann = await house.add_person("Ann", "907153", front)
    await house.until_state(front, ann, SlotState.IN_SYNC)

    disk.failing = (".slots",)
    await house.set_pin(ann, "907154")
    for lock in (back, front):
        await until(lambda lock=lock: house.snapshot(lock).storage_failed)  # type: ignore[misc]

    disk.failing = ()
    for lock in (back, front):
        await until(lambda lock=lock: not house.snapshot(lock).storage_failed)  # type: ignore[misc]
    await house.until_state(front, ann, SlotState.IN_SYNC)


async def test_a_house_closes_on_a_failing_disk(house: House, disk: Disk) -> None:
    lock = house.add_lock("Front", FakeProvider())
    disk.failing = (".slots",)
    await house.add_person("Ann", "907153")
    await until(lambda: house.snapshot(lock).storage_failed)
    await house.close()


async def test_order_on_disk_secret_then_intent_then_radio(
    house: House, disk: Disk
) -> None:
    provider = FakeProvider()
    lock = house.add_lock("Front", provider)
    await until(lambda: house.snapshot(lock).reachable)
    order: list[tuple[str, int]] = []
    disk.on_write = lambda key: order.append(
        (key.rsplit(".", 1)[-1], provider.counts.writes)
    )
    ann = await house.add_person("Ann", "907153")
    await house.until_state(lock, ann, SlotState.IN_SYNC)

    assert order[0] == ("secrets", 0)
    assert ("slots", 0) in order


# The vault


@SHOWING
@pytest.mark.parametrize("how", ["missing", "damaged"])
async def test_without_the_vault_nothing_is_written_taken_or_suspected(
    house: House,
    hass_storage: dict[str, Any],
    profile: Profile,
    how: str,
) -> None:
    provider = FakeProvider(profile)
    lock = house.add_lock("Front", provider)
    ann = await house.add_person("Ann", "907153")
    bob = await house.add_person("Bob", "907253", enabled=False)
    await house.until_state(lock, ann, SlotState.IN_SYNC)
    await house.close()
    key = f"keyholder.{house.entry.entry_id}.secrets"
    if how == "missing":
        del hass_storage[key]
    else:
        hass_storage[key]["data"] = {"credentials": 7}
    provider.counts.writes = provider.counts.clears = 0

    await house.open()
    assert not house.site.has_pin(house.site.people[ann])
    await until(lambda: house.snapshot(lock).reachable)
    # a code that nothing can be compared with was told as changed at the lock
    assert await house.site.locks[lock].async_verify() == {1: True}
    view = await house.until_state(lock, ann, SlotState.IN_SYNC)
    assert view.evidence is Evidence.PRESENCE
    house.set_enabled(bob, True)
    await house.hass.async_block_till_done()
    await house.until_idle()
    assert house.told(AccessType.CODE_CHANGED, AccessType.CODE_ADDED) == []
    assert (provider.counts.writes, provider.counts.clears) == (0, 0)
    assert provider.codes == {1: "907153"}
    assert house.site.status(house.site.people[ann]) is PersonStatus.ATTENTION

    await house.set_pin(ann, "907155")
    # no number that a record may speak of is used again
    assert house.site.vault.revisions == {CredentialRef(ann): 2}
    await until(lambda: provider.codes == {1: "907155"})
    await house.until_state(lock, ann, SlotState.IN_SYNC)
    assert not house.site.has_pin(house.site.people[bob])
    await house.set_pin(bob, "907256")
    await house.until_state(lock, bob, SlotState.IN_SYNC)
    assert all(map(house.site.has_pin, house.site.people.values()))


@SHOWING
async def test_a_person_without_a_pin_can_still_be_taken_off(
    house: House, hass_storage: dict[str, Any], profile: Profile
) -> None:
    provider = FakeProvider(profile)
    lock = house.add_lock("Front", provider)
    ann = await house.add_person("Ann", "907153")
    await house.until_state(lock, ann, SlotState.IN_SYNC)
    await house.close()
    del hass_storage[f"keyholder.{house.entry.entry_id}.secrets"]
    await house.open()

    house.set_enabled(ann, False)
    await until(lambda: provider.codes == {})
    await house.until_state(lock, ann, SlotState.IN_SYNC)


@SHOWING
async def test_an_unfinished_change_without_its_pin_takes_nothing(
    house: House, hass_storage: dict[str, Any], profile: Profile
) -> None:
    provider = FakeProvider(profile)
    lock = house.add_lock("Front", provider)
    ann = await house.add_person("Ann", "907153")
    await house.until_state(lock, ann, SlotState.IN_SYNC)
    provider.disconnect()
    await house.set_pin(ann, "907154")
    await house.close()
    del hass_storage[f"keyholder.{house.entry.entry_id}.secrets"]

    await house.open()
    provider.connect()
    view = await house.until_state(lock, ann, SlotState.SUSPENDED)
    await house.until_idle()
    assert view.reason is Reason.PIN_MISSING
    assert provider.codes == {1: "907153"}

    await house.set_pin(ann, "907155")
    await until(lambda: provider.codes == {1: "907155"})
    await house.until_state(lock, ann, SlotState.IN_SYNC)


# The journal


@SHOWING
@pytest.mark.parametrize("how", ["missing", "damaged", "future"])
async def test_without_the_journal_nothing_is_written_or_cleared_and_the_file_kept(
    house: House,
    hass_storage: dict[str, Any],
    profile: Profile,
    how: str,
) -> None:
    provider = FakeProvider(profile)
    lock = house.add_lock("Front", provider)
    ann = await house.add_person("Ann", "907153")
    bob = await house.add_person("Bob", "907253")
    for person in (ann, bob):
        await house.until_state(lock, person, SlotState.IN_SYNC)
    await house.close()
    key = f"keyholder.{house.entry.entry_id}.slots"
    if how == "missing":
        del hass_storage[key]
    elif how == "damaged":
        hass_storage[key]["data"] = {"locks": [7]}
    else:
        hass_storage[key]["version"] = 7
    kept = deepcopy(hass_storage.get(key))
    provider.calls.clear()
    codes = dict(provider.codes)

    # what was lost stays lost until somebody says what to do, however often we start
    for _ in range(2):
        await house.open()
        assert house.site.journal_lost
        await until(lambda: house.snapshot(lock).reachable)
        house.set_enabled(bob, False)
        await house.set_pin(ann, "907154")
        await house.hass.async_block_till_done()
        await house.until_idle()
        await house.close()
        assert hass_storage.get(key) == kept
    assert provider.codes == codes
    assert provider.counts.clears == 0

    await house.open()
    await house.site.async_reset_journal()
    assert not house.site.journal_lost
    view = await house.until_state(lock, ann, SlotState.IN_SYNC)
    assert view.slot == 3
    assert provider.codes == codes | {3: "907154"}
    await house.reopen()
    assert not house.site.journal_lost


async def test_uses_that_are_lost_are_counted_anew(
    house: House, hass_storage: dict[str, Any]
) -> None:
    provider = FakeProvider()
    lock = house.add_lock("Front", provider)
    ann = await house.add_person("Ann", "907153")
    await house.until_state(lock, ann, SlotState.IN_SYNC)
    provider.unlock_at_keypad(1)
    await until(lambda: house.site.counters.usage(ann).uses == 1)
    await house.close()
    hass_storage[f"keyholder.{house.entry.entry_id}.counters"]["data"] = 7
    await house.open()
    await until(lambda: house.snapshot(lock).reachable)
    provider.unlock_at_keypad(1)
    await until(lambda: house.site.counters.usage(ann).uses == 1)


# What a power cut would leave behind


def _stored_page(house: House, hass_storage: dict[str, Any]) -> dict[str, Any]:
    (page,) = hass_storage[f"keyholder.{house.entry.entry_id}.slots"]["data"]["locks"]
    stored: dict[str, Any] = page
    return stored


@SHOWING
async def test_a_users_word_is_on_disk_before_it_is_acted_on(
    house: House, hass_storage: dict[str, Any], profile: Profile
) -> None:
    # after a cut our own code was taken for somebody else's, and left there for good
    provider = FakeProvider(profile)
    provider.faults.drop_writes = True
    lock = house.add_lock("Front", provider)
    ann = await house.add_person("Ann", "907153")
    await house.until_state(lock, ann, SlotState.SUSPENDED)
    await house.site.journal.async_commit()
    assert _stored_page(house, hass_storage)["records"]["1"]["retry"][
        "suspended_reason"
    ]

    provider.hang(Call.WRITE)
    provider.calls.clear()
    house.resume(lock, ann, ResumeChoice.RETRY)
    await until(lambda: (Call.WRITE, 1) in provider.calls)
    assert (
        _stored_page(house, hass_storage)["records"]["1"]["retry"]["suspended_reason"]
        is None
    )
    provider.release()


@SHOWING
async def test_that_a_lock_is_worked_on_is_on_disk_before_the_first_operation(
    house: House, hass_storage: dict[str, Any], profile: Profile
) -> None:
    # a cut within a second of a start was not noticed by the next one
    provider = FakeProvider(profile)
    lock = house.add_lock("Front", provider)
    ann = await house.add_person("Ann", "907153")
    await house.until_state(lock, ann, SlotState.IN_SYNC)
    provider.disconnect()
    house.set_enabled(ann, False)
    await until(lambda: (view := house.view(lock, ann)) and view.desired == "absent")
    await house.close()
    assert not _stored_page(house, hass_storage)["open"]

    provider.hang(Call.CLEAR)
    provider.calls.clear()
    await house.open()
    provider.connect()
    await until(lambda: (Call.CLEAR, 1) in provider.calls)
    assert _stored_page(house, hass_storage)["open"]
    provider.release()
    await until(lambda: provider.codes == {})
