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
from tests.harness.disk_faults import disk_that, write_through
from tests.harness.engine.engine_harness import EngineHarness, our_log
from tests.harness.fakes.provider import Call, FakeProvider, Profile
from tests.harness.waiting import wait_for

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
def disk(engine: EngineHarness) -> Iterator[Disk]:
    disk = Disk()
    with disk_that(disk.write):
        yield disk


# The disk


@SHOWING
async def test_no_write_without_an_intent_on_disk_while_clears_go_on(
    engine: EngineHarness,
    disk: Disk,
    caplog: pytest.LogCaptureFixture,
    profile: Profile,
) -> None:
    provider = FakeProvider(profile)
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153")
    await engine.until_state(lock, ann, SlotState.IN_SYNC)
    provider.counts.writes = 0

    disk.failing = (".slots",)
    bob = await engine.add_person("Bob", "907253")
    await wait_for(lambda: engine.snapshot(lock).storage_failed)
    engine.set_enabled(ann, False)
    await wait_for(lambda: provider.codes == {})
    await engine.until_state(lock, ann, SlotState.IN_SYNC)
    assert engine.snapshot(lock).has_problem
    assert provider.counts.writes == 0

    # the failing disk was tried without end, as fast as it would answer
    attempts = disk.attempts
    await asyncio.sleep(engine.timing.unreachable_backoff.total_seconds())
    assert disk.attempts - attempts <= 4
    await engine.until_idle()

    disk.failing = ()
    await engine.until_state(lock, bob, SlotState.IN_SYNC)
    await wait_for(lambda: not engine.snapshot(lock).storage_failed)
    assert provider.codes == {2: "907253"}
    lines = [line for line in our_log(caplog) if "stored" in line]
    assert len(lines) == 2
    assert not any("907153" in line for line in our_log(caplog))


async def test_a_disk_that_works_again_is_shown_on_every_lock(
    engine: EngineHarness, disk: Disk
) -> None:
    # it stayed failed for good where nothing had to be written
    back = engine.add_lock("Back", FakeProvider())
    front = engine.add_lock("Front", FakeProvider())
    ann = await engine.add_person("Ann", "907153", front)
    await engine.until_state(front, ann, SlotState.IN_SYNC)

    disk.failing = (".slots",)
    await engine.set_pin(ann, "907154")
    for lock in (back, front):
        await wait_for(lambda lock=lock: engine.snapshot(lock).storage_failed)  # type: ignore[misc]

    disk.failing = ()
    for lock in (back, front):
        await wait_for(lambda lock=lock: not engine.snapshot(lock).storage_failed)  # type: ignore[misc]
    await engine.until_state(front, ann, SlotState.IN_SYNC)


async def test_a_site_closes_on_a_failing_disk(
    engine: EngineHarness, disk: Disk
) -> None:
    lock = engine.add_lock("Front", FakeProvider())
    disk.failing = (".slots",)
    await engine.add_person("Ann", "907153")
    await wait_for(lambda: engine.snapshot(lock).storage_failed)
    await engine.close()


async def test_order_on_disk_secret_then_intent_then_radio(
    engine: EngineHarness, disk: Disk
) -> None:
    provider = FakeProvider()
    lock = engine.add_lock("Front", provider)
    await wait_for(lambda: engine.snapshot(lock).reachable)
    order: list[tuple[str, int]] = []
    disk.on_write = lambda key: order.append(
        (key.rsplit(".", 1)[-1], provider.counts.writes)
    )
    ann = await engine.add_person("Ann", "907153")
    await engine.until_state(lock, ann, SlotState.IN_SYNC)

    assert order[0] == ("secrets", 0)
    assert ("slots", 0) in order


# The vault


@SHOWING
@pytest.mark.parametrize("how", ["missing", "damaged"])
async def test_without_the_vault_nothing_is_written_taken_or_suspected(
    engine: EngineHarness,
    hass_storage: dict[str, Any],
    profile: Profile,
    how: str,
) -> None:
    provider = FakeProvider(profile)
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153")
    bob = await engine.add_person("Bob", "907253", enabled=False)
    await engine.until_state(lock, ann, SlotState.IN_SYNC)
    await engine.close()
    key = f"keyholder.{engine.entry.entry_id}.secrets"
    if how == "missing":
        del hass_storage[key]
    else:
        hass_storage[key]["data"] = {"credentials": 7}
    provider.counts.writes = provider.counts.clears = 0

    await engine.open()
    assert not engine.site.has_pin(engine.site.people[ann])
    await wait_for(lambda: engine.snapshot(lock).reachable)
    # a code that nothing can be compared with was reported as changed at the lock
    assert await engine.site.locks[lock].requests.async_verify() == {1: True}
    view = await engine.until_state(lock, ann, SlotState.IN_SYNC)
    assert view.evidence is Evidence.PRESENCE
    engine.set_enabled(bob, True)
    await engine.hass.async_block_till_done()
    await engine.until_idle()
    assert engine.published(AccessType.CODE_CHANGED, AccessType.CODE_ADDED) == []
    assert (provider.counts.writes, provider.counts.clears) == (0, 0)
    assert provider.codes == {1: "907153"}
    assert engine.site.status(engine.site.people[ann]) is PersonStatus.ATTENTION

    await engine.set_pin(ann, "907155")
    # no number that a record may speak of is used again
    assert engine.site.vault.revisions == {CredentialRef(ann): 2}
    await wait_for(lambda: provider.codes == {1: "907155"})
    await engine.until_state(lock, ann, SlotState.IN_SYNC)
    assert not engine.site.has_pin(engine.site.people[bob])
    await engine.set_pin(bob, "907256")
    await engine.until_state(lock, bob, SlotState.IN_SYNC)
    assert all(map(engine.site.has_pin, engine.site.people.values()))


@SHOWING
async def test_a_person_without_a_pin_can_still_be_taken_off(
    engine: EngineHarness, hass_storage: dict[str, Any], profile: Profile
) -> None:
    provider = FakeProvider(profile)
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153")
    await engine.until_state(lock, ann, SlotState.IN_SYNC)
    await engine.close()
    del hass_storage[f"keyholder.{engine.entry.entry_id}.secrets"]
    await engine.open()

    engine.set_enabled(ann, False)
    await wait_for(lambda: provider.codes == {})
    await engine.until_state(lock, ann, SlotState.IN_SYNC)


@SHOWING
async def test_an_unfinished_change_without_its_pin_takes_nothing(
    engine: EngineHarness, hass_storage: dict[str, Any], profile: Profile
) -> None:
    provider = FakeProvider(profile)
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153")
    await engine.until_state(lock, ann, SlotState.IN_SYNC)
    provider.disconnect()
    await engine.set_pin(ann, "907154")
    await engine.close()
    del hass_storage[f"keyholder.{engine.entry.entry_id}.secrets"]

    await engine.open()
    provider.connect()
    view = await engine.until_state(lock, ann, SlotState.SUSPENDED)
    await engine.until_idle()
    assert view.reason is Reason.PIN_MISSING
    assert provider.codes == {1: "907153"}

    await engine.set_pin(ann, "907155")
    await wait_for(lambda: provider.codes == {1: "907155"})
    await engine.until_state(lock, ann, SlotState.IN_SYNC)


# The journal


@SHOWING
@pytest.mark.parametrize("how", ["missing", "damaged", "future"])
async def test_without_the_journal_nothing_is_written_or_cleared(
    engine: EngineHarness,
    hass_storage: dict[str, Any],
    profile: Profile,
    how: str,
) -> None:
    provider = FakeProvider(profile)
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153")
    bob = await engine.add_person("Bob", "907253")
    for person in (ann, bob):
        await engine.until_state(lock, person, SlotState.IN_SYNC)
    await engine.close()
    key = f"keyholder.{engine.entry.entry_id}.slots"
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
        await engine.open()
        assert engine.site.journal_lost
        await wait_for(lambda: engine.snapshot(lock).reachable)
        engine.set_enabled(bob, False)
        await engine.set_pin(ann, "907154")
        await engine.hass.async_block_till_done()
        await engine.until_idle()
        await engine.close()
        assert hass_storage.get(key) == kept
    assert provider.codes == codes
    assert provider.counts.clears == 0

    await engine.open()
    await engine.site.async_reset_journal()
    assert not engine.site.journal_lost
    view = await engine.until_state(lock, ann, SlotState.IN_SYNC)
    assert view.slot == 3
    assert provider.codes == codes | {3: "907154"}
    await engine.reopen()
    assert not engine.site.journal_lost


async def test_uses_that_are_lost_are_counted_anew(
    engine: EngineHarness, hass_storage: dict[str, Any]
) -> None:
    provider = FakeProvider()
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153")
    await engine.until_state(lock, ann, SlotState.IN_SYNC)
    provider.unlock_at_keypad(1)
    await wait_for(lambda: engine.site.counters.usage(ann).uses == 1)
    await engine.close()
    hass_storage[f"keyholder.{engine.entry.entry_id}.counters"]["data"] = 7
    await engine.open()
    await wait_for(lambda: engine.snapshot(lock).reachable)
    provider.unlock_at_keypad(1)
    await wait_for(lambda: engine.site.counters.usage(ann).uses == 1)


# What a power cut would leave behind


def _stored_page(engine: EngineHarness, hass_storage: dict[str, Any]) -> dict[str, Any]:
    (page,) = hass_storage[f"keyholder.{engine.entry.entry_id}.slots"]["data"]["locks"]
    stored: dict[str, Any] = page
    return stored


@SHOWING
async def test_a_user_decision_is_on_disk_before_it_is_acted_on(
    engine: EngineHarness, hass_storage: dict[str, Any], profile: Profile
) -> None:
    # after a cut our own code was taken for somebody else's, and left there for good
    provider = FakeProvider(profile)
    provider.faults.drop_writes = True
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153")
    await engine.until_state(lock, ann, SlotState.SUSPENDED)
    await engine.site.journal.async_commit()
    assert _stored_page(engine, hass_storage)["records"]["1"]["retry"][
        "suspended_reason"
    ]

    provider.hang(Call.WRITE)
    provider.calls.clear()
    engine.resume(lock, ann, ResumeChoice.RETRY)
    await wait_for(lambda: (Call.WRITE, 1) in provider.calls)
    assert (
        _stored_page(engine, hass_storage)["records"]["1"]["retry"]["suspended_reason"]
        is None
    )
    provider.release()


@SHOWING
async def test_that_a_lock_is_worked_on_is_on_disk_before_the_first_operation(
    engine: EngineHarness, hass_storage: dict[str, Any], profile: Profile
) -> None:
    # a cut within a second of a start was not noticed by the next one
    provider = FakeProvider(profile)
    lock = engine.add_lock("Front", provider)
    ann = await engine.add_person("Ann", "907153")
    await engine.until_state(lock, ann, SlotState.IN_SYNC)
    provider.disconnect()
    engine.set_enabled(ann, False)
    await wait_for(
        lambda: (view := engine.view(lock, ann)) and view.desired == "absent"
    )
    await engine.close()
    assert not _stored_page(engine, hass_storage)["open"]

    provider.hang(Call.CLEAR)
    provider.calls.clear()
    await engine.open()
    provider.connect()
    await wait_for(lambda: (Call.CLEAR, 1) in provider.calls)
    assert _stored_page(engine, hass_storage)["open"]
    provider.release()
    await wait_for(lambda: provider.codes == {})
