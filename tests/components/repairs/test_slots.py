"""A slot that waits for the user: reported, and fixed in its dialog."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.keyholder.model.access_rules import Weekday
from custom_components.keyholder.model.lock_schedule import (
    LockSchedule,
    ScheduleSupport,
    WeekDaySchedule,
)
from custom_components.keyholder.model.pin import Pin
from custom_components.keyholder.model.slot import Reason
from tests.harness.fakes.provider import Call, FakeProvider, Profile
from tests.harness.site.flow_driver import FakeLocks, add_lock, add_person
from tests.harness.site.repair_dialog import (
    RepairDialog,
    issues,
    kinds,
    no_issues,
    only_issue,
)
from tests.harness.site.states import wait_for_state, wait_until_in_sync
from tests.harness.site.suspended_slots import (
    contested_slot,
    managed_lock,
    taken_slot,
    wait_until_idle,
)
from tests.harness.waiting import wait_for

SLOT = "sensor.anna_code_on_front_door"


async def test_a_dropped_code_is_an_issue_and_tried_again(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    provider = await managed_lock(hass, site, fake_locks, FakeProvider(Profile.MASKING))
    provider.faults.drop_writes = True
    await add_person(hass, site, "Anna", "907153")

    issue = await only_issue(hass, "slot_not_stored")
    assert issue.severity is ir.IssueSeverity.WARNING
    assert issue.translation_placeholders == {
        "person": "Anna",
        "lock": "Front door",
        "slot": "1",
        "hint": "",
    }
    provider.faults.drop_writes = False
    dialog = await RepairDialog(hass, issue).open()
    assert dialog.ways == ["retry"]
    await dialog.submit()

    assert dialog.is_done
    await wait_for_state(hass, SLOT, "in_sync")
    await no_issues(hass)


async def test_a_retry_that_fails_again_is_an_issue_again(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    provider = await managed_lock(hass, site, fake_locks, FakeProvider(Profile.MASKING))
    provider.faults.drop_writes = True
    await add_person(hass, site, "Anna", "907153")
    issue = await only_issue(hass, "slot_not_stored")
    writes = provider.counts.writes

    dialog = await (await RepairDialog(hass, issue).open()).submit()
    assert not dialog.is_done
    assert dialog.abort_reason in ("still_trying", "failed_again")

    await wait_for(lambda: provider.counts.writes >= writes + 3)
    assert (await only_issue(hass, "slot_not_stored")).issue_id == issue.issue_id


async def test_a_lock_that_drops_codes_of_one_length_is_said_to(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    """Clause 16.16: it has dropped one length twice and more, and kept another."""
    provider = await managed_lock(hass, site, fake_locks, FakeProvider(Profile.MASKING))
    provider.faults.drops_lengths = frozenset({4})
    await add_person(hass, site, "Anna", "9071")
    issue = await only_issue(hass, "slot_not_stored")
    assert (issue.translation_placeholders or {})["hint"] == ""

    await add_person(hass, site, "Bert", "904862")

    await wait_for(lambda: provider.codes == {2: "904862"})
    await wait_for(lambda: "digits" in hint(hass))
    assert "dropped PINs of 4 digits" in hint(hass)
    assert "6 digits" in hint(hass)

    await hass.config_entries.async_reload(site.entry_id)
    await only_issue(hass, "slot_not_stored")
    assert "dropped PINs of 4 digits" in hint(hass)


def hint(hass: HomeAssistant) -> str:
    """Return what the only issue says about lengths of PINs."""
    (issue,) = issues(hass)
    return (issue.translation_placeholders or {})["hint"]


async def test_a_pin_of_a_length_that_the_lock_does_not_take_is_named(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    """Clause 16.16: somebody has all locks, and one is added later that takes less."""
    await managed_lock(hass, site, fake_locks)
    await add_person(hass, site, "Anna", "907153")
    gate = fake_locks.add("Gate", FakeProvider())
    fake_locks.provider(gate).faults.refuse = Reason.REJECTED
    await add_lock(hass, site, gate, pin_lengths="4")

    await only_issue(hass, "slot_rejected")

    assert "The PIN of Anna has 6 digits, and Gate takes 4." in hint(hass)


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        (Reason.REJECTED, "slot_rejected"),
        (Reason.DUPLICATE, "slot_duplicate"),
        (Reason.SLOT_UNAVAILABLE, "slot_unavailable"),
        (Reason.NOT_SUPPORTED, "slot_not_supported"),
        (Reason.LOCK_FULL, "slot_lock_full"),
        (Reason.LOCK_BUSY, "slot_lock_busy"),
        (Reason.LOCK_REFUSES, "slot_lock_refuses"),
    ],
)
async def test_a_refused_code_is_an_issue_with_the_reason(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    reason: Reason,
    kind: str,
) -> None:
    provider = await managed_lock(hass, site, fake_locks)
    provider.faults.refuse = reason
    await add_person(hass, site, "Anna", "907153")

    issue = await only_issue(hass, kind)
    provider.faults.refuse = None
    assert (await (await RepairDialog(hass, issue).open()).submit()).is_done

    await wait_for_state(hass, SLOT, "in_sync")
    await no_issues(hass)


async def test_schedules_left_by_an_earlier_code_are_an_issue(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    provider = await managed_lock(hass, site, fake_locks)
    provider.learn(schedules=ScheduleSupport(week_days=7))
    monday = WeekDaySchedule(Weekday.MONDAY, 540, 1020)
    provider.limits[1] = LockSchedule(week_days=(monday,))
    provider.faults.keep_limits = True
    provider.disconnect()
    provider.connect()
    await add_person(hass, site, "Anna", "907153")

    issue = await only_issue(hass, "slot_limits_refused")
    assert provider.codes == {}
    provider.faults.keep_limits = False
    assert (await (await RepairDialog(hass, issue).open()).submit()).is_done

    await wait_for_state(hass, SLOT, "in_sync")
    await no_issues(hass)


async def test_a_new_pin_settles_a_refused_one_without_the_dialog(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    provider = await managed_lock(hass, site, fake_locks)
    provider.faults.refuse = Reason.REJECTED
    await add_person(hass, site, "Anna", "907153")
    await only_issue(hass, "slot_rejected")

    provider.faults.refuse = None
    anna = next(iter(site.runtime_data.site.people))
    await site.runtime_data.site.async_set_pin(anna, Pin("905577"))

    await wait_for_state(hass, SLOT, "in_sync")
    await no_issues(hass)


@pytest.mark.parametrize("profile", [Profile.READABLE, Profile.MASKING])
async def test_who_finds_their_slot_taken_can_move_to_another_one(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    profile: Profile,
) -> None:
    provider = await taken_slot(hass, site, fake_locks, profile)
    issue = await only_issue(hass, "slot_occupied")
    dialog = await RepairDialog(hass, issue).open()
    assert dialog.ways == ["retry", "move", "replace"]

    await (await dialog.choose("move")).submit()

    assert dialog.is_done
    await wait_for(lambda: provider.codes == {1: "904444", 2: "907153"})
    await wait_until_in_sync(hass, site)
    await no_issues(hass)
    state = hass.states.get(SLOT)
    assert state is not None
    assert (state.state, state.attributes["slot"]) == ("in_sync", 2)


@pytest.mark.parametrize("profile", [Profile.READABLE, Profile.MASKING])
async def test_an_unmanaged_code_is_replaced_only_when_the_user_says_so(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    profile: Profile,
) -> None:
    provider = await taken_slot(hass, site, fake_locks, profile)
    issue = await only_issue(hass, "slot_occupied")
    assert provider.codes == {1: "904444"}

    dialog = await (await RepairDialog(hass, issue).open()).choose("replace")
    assert provider.codes == {1: "904444"}
    await dialog.submit()

    await wait_for(lambda: provider.codes == {1: "907153"})
    await wait_for_state(hass, SLOT, "in_sync")
    await no_issues(hass)


async def test_a_deleted_unmanaged_code_is_found_by_reading_again(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    provider = await taken_slot(hass, site, fake_locks, Profile.READABLE)
    issue = await only_issue(hass, "slot_occupied")
    provider.delete_at_keypad(1, reported=False)

    dialog = await (await RepairDialog(hass, issue).open()).choose("retry")
    await dialog.submit()

    await wait_for(lambda: provider.codes == {1: "907153"})
    await no_issues(hass)


async def test_nobody_is_moved_while_their_own_code_may_still_land(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    provider = await taken_slot(hass, site, fake_locks, Profile.READABLE)
    issue = await only_issue(hass, "slot_occupied")
    provider.hang(Call.READ)
    # something happens at that slot, and what is not seen yet
    provider.set_at_keypad(1, "905555")

    dialog = await (await RepairDialog(hass, issue).open()).choose("move")
    await dialog.submit()

    assert dialog.error == "not_certain"
    assert kinds(hass) == ["slot_occupied"]
    provider.release()
    await wait_until_idle(hass, site)
    await dialog.submit()
    assert dialog.is_done
    await wait_for(lambda: provider.codes == {1: "905555", 2: "907153"})


async def test_keeping_mine_writes_our_code_once_more(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    provider = await contested_slot(hass, site, fake_locks)
    issue = await only_issue(hass, "slot_changed_repeatedly")
    dialog = await RepairDialog(hass, issue).open()
    assert dialog.ways == ["keep_mine", "keep_lock"]

    await (await dialog.choose("keep_mine")).submit()

    await wait_for(lambda: provider.codes == {1: "907153"})
    await wait_for_state(hass, SLOT, "in_sync")
    await no_issues(hass)


async def test_keeping_the_locks_code_makes_it_the_pin_on_every_lock(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    back = fake_locks.add("Back door")
    await add_lock(hass, site, back)
    provider = await contested_slot(hass, site, fake_locks)
    issue = await only_issue(hass, "slot_changed_repeatedly")
    writes = provider.counts.writes

    dialog = await (await RepairDialog(hass, issue).open()).choose("keep_lock")
    await dialog.submit()

    assert dialog.is_done
    await wait_for(lambda: fake_locks.provider(back).codes == {1: "906666"})
    await wait_for_state(hass, SLOT, "in_sync")
    await wait_until_in_sync(hass, site)
    await no_issues(hass)
    assert provider.codes == {1: "906666"}
    assert provider.counts.writes == writes, "what was there already is not written"


async def test_a_code_of_somebody_else_is_not_kept(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    provider = await contested_slot(hass, site, fake_locks)
    await add_person(hass, site, "Bert", "904862")
    issue = await only_issue(hass, "slot_changed_repeatedly")
    provider.held.pop(2, None)
    provider.set_at_keypad(1, "904862", reported=False)

    dialog = await (await RepairDialog(hass, issue).open()).choose("keep_lock")
    await dialog.submit()

    assert dialog.error == "in_use"
    assert "slot_changed_repeatedly" in kinds(hass)


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        ("silent", "no_answer"),
        ("deleted", "slot_empty"),
        ("short", "does_not_fit"),
    ],
)
async def test_what_cannot_be_kept_is_said_in_the_dialog(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    trouble: str,
    error: str,
) -> None:
    back = fake_locks.add("Back door", FakeProvider(pin_lengths=(6, 8)))
    await add_lock(hass, site, back)
    provider = await contested_slot(hass, site, fake_locks)
    issue = await only_issue(hass, "slot_changed_repeatedly")
    match trouble:
        case "silent":
            provider.faults.silent_reads = True
        case "deleted":
            provider.delete_at_keypad(1, reported=False)
        case "short":
            provider.set_at_keypad(1, "9044", reported=False)

    dialog = await (await RepairDialog(hass, issue).open()).choose("keep_lock")
    await dialog.submit()

    assert dialog.error == error


async def test_on_a_masking_lock_only_ours_can_be_kept(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    await contested_slot(hass, site, fake_locks, Profile.MASKING)
    issue = await only_issue(hass, "slot_changed_repeatedly")

    dialog = await RepairDialog(hass, issue).open()

    assert dialog.ways == ["keep_mine"]


@pytest.mark.parametrize("way", ["retry", "move", "replace"])
async def test_a_dialog_about_a_slot_that_is_nobodys_by_now_says_so(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks, way: str
) -> None:
    provider = await taken_slot(hass, site, fake_locks, Profile.READABLE)
    issue = await only_issue(hass, "slot_occupied")
    dialog = await (await RepairDialog(hass, issue).open()).choose(way)

    (anna,) = site.get_subentries_of_type("person")
    hass.config_entries.async_remove_subentry(site, anna.subentry_id)
    await no_issues(hass)
    await dialog.submit()

    assert dialog.result["reason"] == "gone"
    await wait_until_idle(hass, site)
    assert provider.codes == {1: "904444"}


async def test_a_dialog_of_a_site_that_was_stopped_says_so(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    await taken_slot(hass, site, fake_locks, Profile.READABLE)
    issue = await only_issue(hass, "slot_occupied")
    dialog = await (await RepairDialog(hass, issue).open()).choose("retry")

    assert await hass.config_entries.async_unload(site.entry_id)
    assert issues(hass) == []
    await dialog.submit()

    assert dialog.result["reason"] == "not_loaded"


async def test_a_slot_that_our_own_code_fails_at_is_an_issue_until_it_works(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Clause 16.21: after the third exception in a row."""
    await managed_lock(hass, site, fake_locks, FakeProvider())
    with monkeypatch.context() as patched:
        patched.setattr(
            "custom_components.keyholder.runtime.lock.slot_records.reduce",
            lambda *_: 1 / 0,
        )
        await add_person(hass, site, "Anna", "907153")

        issue = await only_issue(hass, "slot_failing")
        assert issue.translation_placeholders == {
            "person": "Anna",
            "lock": "Front door",
            "slot": "1",
        }
    await wait_for_state(hass, SLOT, "in_sync")
    await no_issues(hass)


async def test_the_same_digits_in_another_slot_are_an_issue_with_its_number(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    """Clause 16.4: it goes when the other code has gone, and not before."""
    provider = await managed_lock(hass, site, fake_locks)
    await add_person(hass, site, "Anna", "907153")
    await wait_until_in_sync(hass, site)
    provider.set_at_keypad(2, "907153", reported=False)
    await add_person(hass, site, "Bert", "907253")

    issue = await only_issue(hass, "slot_duplicate")
    assert issue.translation_placeholders == {
        "person": "Anna",
        "lock": "Front door",
        "slot": "2",
        "other": "2",
    }
    await wait_for_state(hass, "sensor.anna_status", "attention")
    await hass.services.async_call(
        "switch", "turn_off", {"entity_id": "switch.anna_enabled"}, blocking=True
    )
    await wait_for(lambda: provider.codes == {2: "907153", 3: "907253"})
    await wait_for_state(hass, SLOT, "out_of_sync")
    state = hass.states.get(SLOT)
    assert state is not None
    assert state.attributes["reason"] == "duplicate"

    dialog = await RepairDialog(hass, issue).open()
    await dialog.submit()
    assert dialog.error == "still_there"
    provider.delete_at_keypad(2, reported=False)
    await dialog.submit()
    assert dialog.is_done
    await wait_for_state(hass, SLOT, "in_sync")
    await no_issues(hass)
