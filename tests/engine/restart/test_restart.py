"""A Home Assistant ends, orderly or cut off, and another goes on from its storage."""

from collections.abc import Callable
from copy import deepcopy

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.keyholder.const import DOMAIN
from custom_components.keyholder.model.pin import Pin
from custom_components.keyholder.providers.registry import LOADERS
from tests.harness.engine.engine_harness import PLATFORM, QUICK
from tests.harness.fakes.provider import Call, FakeProvider, Profile
from tests.harness.restart.instances import (
    ANN,
    FOREIGN,
    NEW,
    OLD,
    Storage,
    no_write_twice_without_a_read,
    running_instance,
    set_enabled,
    set_up_people,
    site_of,
)
from tests.harness.waiting import wait_for

SENSOR = "sensor.ann_code_on_front"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Save the registry at once, and do not wait for minutes."""
    monkeypatch.setattr("homeassistant.config_entries.SAVE_DELAY", 0)
    monkeypatch.setattr("custom_components.keyholder.TIMING", QUICK)


@pytest.fixture
def provider(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> FakeProvider:
    """The one lock, which outlives every Home Assistant; slot 1 is not ours."""
    profile = getattr(request, "param", Profile.READABLE)
    lock = FakeProvider(profile, codes={1: FOREIGN})

    async def load(_hass: HomeAssistant) -> Callable[..., FakeProvider]:
        return lambda *_: lock

    monkeypatch.setitem(LOADERS, PLATFORM, load)
    return lock


@pytest.fixture(autouse=True)
async def built(hass_storage: Storage, provider: FakeProvider) -> None:
    """An instance that has had its lock, and Keyholder, for long."""
    async with running_instance(new=True) as hass:
        er.async_get(hass).async_get_or_create(
            "lock", PLATFORM, "front", suggested_object_id="front"
        )


async def until_state(hass: HomeAssistant, state: str) -> None:
    """Wait until Ann's slot is shown so."""
    await wait_for(
        lambda: (shown := hass.states.get(SENSOR)) is not None and shown.state == state
    )


both = pytest.mark.parametrize(
    "provider", [Profile.READABLE, Profile.MASKING], indirect=True
)


@both
async def test_the_second_home_shows_what_the_first_knew_and_writes_nothing(
    hass_storage: Storage, provider: FakeProvider
) -> None:
    async with running_instance() as first:
        await set_up_people(first)
        await until_state(first, "in_sync")
        known = first.states.get(SENSOR)
        assert known is not None
        await first.async_stop(force=True)
    provider.calls.clear()

    async with running_instance() as second:
        await until_state(second, "in_sync")
        shown = second.states.get(SENSOR)
        assert shown is not None
        for attribute in ("slot", "evidence", "desired"):
            assert shown.attributes[attribute] == known.attributes[attribute]
        # the rest is verified by and by
        await wait_for(lambda: (Call.READ, 2) in provider.calls)

    assert {call for call, _ in provider.calls} <= {Call.PROBE, Call.READ}
    assert provider.codes == {1: FOREIGN, 2: OLD}


@both
@pytest.mark.parametrize(
    ("call", "carried_out"),
    [(Call.READ, False), (Call.WRITE, False), (Call.WRITE, True)],
)
async def test_a_power_cut_while_a_code_is_given_ends_with_the_code_proved(
    hass_storage: Storage, provider: FakeProvider, call: Call, carried_out: bool
) -> None:
    """The power goes while the lock is asked, or just after it has done it."""
    async with running_instance() as first:
        provider.hang(call)
        await set_up_people(first)
        await wait_for(lambda: any(each is call for each, _ in provider.calls))
        cut = deepcopy(hass_storage)
        if carried_out:
            provider.release()
            await until_state(first, "in_sync")
    hass_storage.clear()
    hass_storage.update(cut)
    provider.release()

    async with running_instance() as second:
        await until_state(second, "in_sync")

    assert provider.codes == {1: FOREIGN, 2: OLD}
    assert no_write_twice_without_a_read(provider)


@both
@pytest.mark.parametrize("carried_out", [False, True])
async def test_a_power_cut_while_a_code_is_taken_away_ends_with_it_gone(
    hass_storage: Storage, provider: FakeProvider, carried_out: bool
) -> None:
    async with running_instance() as first:
        await set_up_people(first)
        await until_state(first, "in_sync")
        provider.hang(Call.CLEAR)
        set_enabled(first, enabled=False)
        await wait_for(lambda: (Call.CLEAR, 2) in provider.calls)
        cut = deepcopy(hass_storage)
        if carried_out:
            provider.release()
            await wait_for(lambda: provider.codes == {1: FOREIGN})
    hass_storage.clear()
    hass_storage.update(cut)
    provider.release()

    async with running_instance() as second:
        await wait_for(
            lambda: (
                (shown := second.states.get(SENSOR)) is not None
                and shown.state == "in_sync"
                and shown.attributes["desired"] == "absent"
            )
        )
    assert provider.codes == {1: FOREIGN}


@both
async def test_a_power_cut_in_a_change_of_pin_leaves_no_old_pin(
    hass_storage: Storage, provider: FakeProvider
) -> None:
    async with running_instance() as first:
        await set_up_people(first)
        await until_state(first, "in_sync")
        provider.hang(Call.WRITE)
        await site_of(first).async_set_pin(ANN, Pin(NEW))
        await wait_for(lambda: provider.calls[-1] == (Call.WRITE, 2))
        cut = deepcopy(hass_storage)
    hass_storage.clear()
    hass_storage.update(cut)
    provider.release()

    async with running_instance() as second:
        await wait_for(lambda: provider.codes == {1: FOREIGN, 2: NEW})
        await until_state(second, "in_sync")
    assert no_write_twice_without_a_read(provider)


@pytest.fixture
async def written_and_not_noted(
    hass_storage: Storage, provider: FakeProvider
) -> Callable[[], None]:
    """Ann's code is on the lock, and our journal still speaks of the intent."""
    async with running_instance() as first:
        provider.hang(Call.WRITE)
        await set_up_people(first)
        await wait_for(lambda: (Call.WRITE, 2) in provider.calls)
        (journal,) = (key for key in hass_storage if key.endswith(".slots"))
        before = deepcopy(hass_storage[journal])
        provider.release()
        await until_state(first, "in_sync")
    return lambda: hass_storage.update({journal: deepcopy(before)})


@both
async def test_a_pin_changed_when_the_power_went_is_not_taken_for_the_new_one(
    written_and_not_noted: Callable[[], None], provider: FakeProvider
) -> None:
    # the new PIN was planned before anybody thought of what the cut had left behind, so
    # that the old code, which the lock does not show, was taken for the new one
    async with running_instance() as meanwhile:
        provider.disconnect()
        await site_of(meanwhile).async_set_pin(ANN, Pin(NEW))
    written_and_not_noted()
    provider.connect()

    async with running_instance() as second:
        await until_state(second, "in_sync")
        assert provider.codes == {1: FOREIGN, 2: NEW}


@both
async def test_who_was_removed_when_the_power_went_is_not_left_on_the_lock(
    written_and_not_noted: Callable[[], None], provider: FakeProvider
) -> None:
    # likewise, and the code of somebody who is gone was left to somebody else for good
    async with running_instance() as meanwhile:
        provider.disconnect()
        (entry,) = meanwhile.config_entries.async_entries(DOMAIN)
        ann = next(each for each in entry.subentries.values() if each.unique_id == ANN)
        meanwhile.config_entries.async_remove_subentry(entry, ann.subentry_id)
        await wait_for(lambda: ANN not in site_of(meanwhile).people)
    written_and_not_noted()
    provider.connect()

    async with running_instance():
        await wait_for(lambda: provider.codes == {1: FOREIGN})


async def test_a_code_is_no_secret_of_the_registry(
    hass_storage: Storage, provider: FakeProvider
) -> None:
    """Only our own vault may know it: not the registry, not the journal."""
    async with running_instance() as first:
        await set_up_people(first)
        await until_state(first, "in_sync")
        await first.async_stop(force=True)

    keepers = [key for key, stored in hass_storage.items() if OLD in str(stored)]
    assert [key.rsplit(".", maxsplit=1)[-1] for key in keepers] == ["secrets"]
