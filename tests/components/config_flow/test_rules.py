"""When a person's code works: what is entered, shown again, refused and taken away."""

from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.harness.site.flow_driver import (
    FakeLocks,
    add_lock,
    add_person,
    start,
    submit,
    suggested,
)
from tests.harness.site.rule_flow import (
    MORNING,
    NIGHT,
    enter,
    is_saved,
    open_rule,
    rule,
)
from tests.harness.waiting import wait_for


@pytest.fixture
async def ann(hass: HomeAssistant, site: MockConfigEntry) -> ConfigSubentry:
    await hass.config.async_set_time_zone("Europe/Berlin")
    return await add_person(hass, site, "Ann", "907153")


async def test_a_person_without_a_rule_has_an_empty_form(
    hass: HomeAssistant, site: MockConfigEntry, ann: ConfigSubentry
) -> None:
    form = await open_rule(hass, site, ann)

    assert suggested(form) == {
        "valid_from": None,
        "valid_from_time": None,
        "valid_until": None,
        "valid_until_time": None,
        "use_limit": None,
        "weekly": {"mode": None, "windows": None},
        "source": {"entity": None, "text": None, "grace": None},
        "conditions": {"conditions": None},
    }
    assert form["description_placeholders"] == {
        "name": "Ann",
        "used": "0",
        "uncounted": "–",
    }


async def test_the_form_names_the_locks_where_uses_cannot_be_counted(
    hass: HomeAssistant,
    site: MockConfigEntry,
    fake_locks: FakeLocks,
    ann: ConfigSubentry,
) -> None:
    """Clause 16.14: told where a number of uses is entered, until the lock names a code."""

    async def uncounted() -> str:
        form = await open_rule(hass, site, ann)
        return (form["description_placeholders"] or {})["uncounted"]

    front, back = (fake_locks.add(name) for name in ("Front door", "Back door"))
    await add_lock(hass, site, front)
    await add_lock(hass, site, back)
    assert await uncounted() == "Back door, Front door"
    fake_locks.provider(front).unlock_at_keypad(None)
    fake_locks.provider(back).unlock_at_keypad(7)
    await wait_for(
        lambda: site.runtime_data.site.uncounted_locks(None) == ("Front door",)
    )
    assert await uncounted() == "Front door"


async def test_who_is_added_with_a_limit_sees_where_it_counts_nothing(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    """Clause 16.14: for a new person it names the chosen locks only."""
    front, back = (fake_locks.add(name) for name in ("Front door", "Back door"))
    await add_lock(hass, site, front)
    await add_lock(hass, site, back)
    form = await start(hass, site, "person")
    form = await submit(
        hass,
        form,
        name="Guest",
        all_locks=False,
        locks=[back.id],
        pin="907153",
        limit=True,
        enabled=True,
    )
    assert form["step_id"] == "rule"
    assert (form["description_placeholders"] or {})["uncounted"] == "Back door"


async def test_every_part_is_kept_shown_again_and_can_be_taken_away(
    hass: HomeAssistant, site: MockConfigEntry, ann: ConfigSubentry
) -> None:
    registry = er.async_get(hass)
    home = registry.async_get_or_create("input_boolean", "test", "home")
    bookings = registry.async_get_or_create("calendar", "test", "bookings")
    hass.states.async_set("sensor.without_id", "ok")
    entered = rule(
        MORNING,
        NIGHT,
        {"days": ["sun"], "start": "00:00", "end": "24:00"},
        mode="exclude",
        source={"entity": bookings.entity_id, "text": " cleaning ", "grace": 5},
        conditions=[home.entity_id, "sensor.without_id"],
        valid_from="2099-08-01",
        valid_from_time="15:00:00",
        valid_until="2099-08-08",
        valid_until_time="11:00:00",
        use_limit=3,
    )

    states = {"state": "on"}, {"state": " ok ", "grace": 0}
    assert is_saved(await enter(hass, site, ann, entered, *states))

    assert ann.data == {
        "all_locks": True,
        "locks": [],
        "enabled": True,
        "rule": {
            "weekly": {
                "mode": "exclude",
                "windows": [
                    {"days": ["mon", "fri"], "start": "08:00", "end": "12:30"},
                    {"days": ["sat"], "start": "22:00", "end": "06:00"},
                    {"days": ["sun"], "start": "00:00", "end": "24:00"},
                ],
            },
            "source": {"entity": bookings.id, "text": "cleaning", "grace": 300},
            "valid_from": "2099-08-01T13:00:00+00:00",
            "valid_until": "2099-08-08T09:00:00+00:00",
            "use_limit": 3,
            "conditions": [
                {"entity": home.id, "state": "on", "grace": 900},
                {"entity": "sensor.without_id", "state": "ok", "grace": 0},
            ],
        },
    }
    form = await open_rule(hass, site, ann)
    shown = suggested(form)
    assert (shown["valid_from"], shown["valid_from_time"]) == ("2099-08-01", "15:00:00")
    assert shown["valid_until"] == "2099-08-08"
    assert shown["valid_until_time"] == "11:00:00"
    assert shown["use_limit"] == 3
    assert shown["weekly"]["mode"] == "exclude"
    assert shown["weekly"]["windows"][0] == {**MORNING, "start": "08:00"}
    assert shown["source"] == {
        "entity": bookings.entity_id,
        "text": "cleaning",
        "grace": 5,
    }
    assert shown["conditions"]["conditions"] == [home.entity_id, "sensor.without_id"]

    before = dict(ann.data["rule"])
    condition = await submit(hass, form, **shown)
    assert suggested(condition) == {"state": "on", "grace": 15}
    condition = await submit(hass, condition, **suggested(condition))
    assert suggested(condition) == {"state": "ok", "grace": 0}
    assert is_saved(await submit(hass, condition, **suggested(condition)))
    assert ann.data["rule"] == before

    assert is_saved(await enter(hass, site, ann, rule()))
    assert "rule" not in ann.data


@pytest.mark.parametrize(
    ("entered", "reported"),
    [
        (
            rule(MORNING, {**NIGHT, "end": "22:00"}),
            ({"weekly": "window_equal"}, {"window": "2"}),
        ),
        (
            rule({**NIGHT, "start": "24:00", "end": "06:00"}),
            ({"weekly": "window_start"}, {"window": "1"}),
        ),
        (
            rule({**NIGHT, "start": "22.00"}),
            ({"weekly": "window_time"}, {"window": "1", "time": "22.00"}),
        ),
        (
            rule({**NIGHT, "end": "24:01"}),
            ({"weekly": "window_time"}, {"time": "24:01"}),
        ),
        (rule({**NIGHT, "days": []}), ({"weekly": "window_days"}, {"window": "1"})),
        (rule({**NIGHT, "days": ["one"]}), ({"weekly": "window_days"}, {})),
        (rule({**NIGHT, "days": [{}]}), ({"weekly": "window_days"}, {})),
        (rule({"days": ["mon"]}), ({"weekly": "window_incomplete"}, {"window": "1"})),
        (rule(None), ({"weekly": "window_days"}, {"window": "1"})),
        (
            rule(valid_from="2026-08-01 15:00:00", valid_until="2026-08-01 15:00:00"),
            ({"valid_until": "until_before_from"}, {}),
        ),
        (rule(valid_from="0001-01-01 00:00"), ({"valid_from": "not_a_moment"}, {})),
        (rule(valid_until="2099-08"), ({"valid_until": "not_a_moment"}, {})),
        (
            rule(valid_until_time="11:00:00"),
            ({"valid_until_time": "time_without_date"}, {}),
        ),
        (rule(valid_until="2020-08-08"), ({"valid_until": "until_past"}, {})),
        (rule(use_limit=0), ({"use_limit": "uses_below_one"}, {})),
        (rule(use_limit=1.5), ({"use_limit": "uses_not_whole"}, {})),
        (
            rule(source={"entity": "schedule.none"}),
            ({"source": "entity_missing"}, {"entity": "schedule.none"}),
        ),
        (
            rule(source={"entity": "schedule.there", "text": "x"}),
            ({"source": "text_without_calendar"}, {}),
        ),
        (rule(source={"text": "x"}), ({"source": "text_without_calendar"}, {})),
        (
            rule(source={"entity": "schedule.there", "grace": -1}),
            ({"source": "grace_out_of_range"}, {"entity": "schedule.there"}),
        ),
        (
            rule(conditions=["sensor.none"]),
            ({"conditions": "entity_missing"}, {"entity": "sensor.none"}),
        ),
    ],
)
async def test_what_cannot_be_is_refused_and_nothing_of_it_is_lost(
    hass: HomeAssistant,
    site: MockConfigEntry,
    ann: ConfigSubentry,
    entered: dict[str, Any],
    reported: tuple[dict[str, str], dict[str, str]],
) -> None:
    errors, named = reported
    hass.states.async_set("schedule.there", "on")
    hass.states.async_set("sensor.there", "on")
    assert is_saved(await enter(hass, site, ann, rule(use_limit=7)))

    refused = await enter(hass, site, ann, entered)

    assert refused["errors"] == errors
    assert (refused["description_placeholders"] or {}).items() >= named.items()
    shown = suggested(refused)
    for field, value in entered.items():
        if isinstance(value, dict):
            assert shown[field].items() >= value.items()
        else:
            assert shown[field] == value
    assert ann.data["rule"] == {"use_limit": 7}
    assert is_saved(await submit(hass, refused, **rule(use_limit=8)))


async def test_a_schedule_needs_no_text(
    hass: HomeAssistant, site: MockConfigEntry, ann: ConfigSubentry
) -> None:
    hass.states.async_set("schedule.there", "on")

    assert is_saved(
        await enter(hass, site, ann, rule(source={"entity": "schedule.there"}))
    )

    form = await open_rule(hass, site, ann)
    assert suggested(form)["source"] == {
        "entity": "schedule.there",
        "text": None,
        "grace": 15,
    }


async def test_a_window_to_a_minute_before_midnight_is_the_whole_day(
    hass: HomeAssistant, site: MockConfigEntry, ann: ConfigSubentry
) -> None:
    """Clause 16.39: nobody means to be locked out for one minute each night."""
    days = {"days": ["mon"], "start": "00:00"}
    entered = rule({**days, "end": "23:59"}, {**NIGHT, "start": "0:01", "end": "23:59"})

    assert is_saved(await enter(hass, site, ann, entered))

    windows = ann.data["rule"]["weekly"]["windows"]
    assert [window["end"] for window in windows] == ["24:00", "23:59"]
    weekly = {"weekly": {"mode": "include", "windows": [{**days, "end": "23:59"}]}}
    hass.config_entries.async_update_subentry(
        site, ann, data={**ann.data, "rule": weekly}
    )
    await hass.async_block_till_done()
    weekly_rule = site.runtime_data.site.people[ann.unique_id].rule.weekly
    assert weekly_rule.windows[0].end == 24 * 60


async def test_exclusion_without_a_window_limits_nothing(
    hass: HomeAssistant, site: MockConfigEntry, ann: ConfigSubentry
) -> None:
    assert is_saved(await enter(hass, site, ann, rule(mode="exclude")))

    assert "rule" not in ann.data


async def test_a_rule_that_is_not_understood_says_so_and_is_entered_anew(
    hass: HomeAssistant, site: MockConfigEntry, ann: ConfigSubentry
) -> None:
    hass.config_entries.async_update_subentry(
        site, ann, data={**ann.data, "rule": {"use_limit": "many"}}
    )

    form = await open_rule(hass, site, ann)

    assert form["errors"] == {"base": "rule_not_understood"}
    assert is_saved(await submit(hass, form, **rule(use_limit=2)))
    assert ann.data["rule"] == {"use_limit": 2}


async def test_the_uses_so_far_are_shown(
    hass: HomeAssistant, site: MockConfigEntry, fake_locks: FakeLocks
) -> None:
    front = fake_locks.add("Front door")
    await add_lock(hass, site, front)
    ann = await add_person(hass, site, "Ann", "907153")
    assert is_saved(await enter(hass, site, ann, rule(use_limit=3)))
    provider = fake_locks.provider(front)
    await wait_for(lambda: provider.codes == {1: "907153"})
    provider.unlock_at_keypad(1)

    runtime = site.runtime_data.site
    await wait_for(lambda: runtime.counters.usage(ann.unique_id).uses == 1)

    form = await open_rule(hass, site, ann)
    assert (form["description_placeholders"] or {})["used"] == "1"
