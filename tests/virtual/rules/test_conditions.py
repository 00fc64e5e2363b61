"""Entities that have to be in a state, also while they say nothing."""

from datetime import timedelta

from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import CoreState
import pytest

from custom_components.keyholder.model.access_rules import (
    AccessRule,
    RuleCondition,
    ScheduleSource,
)
from custom_components.keyholder.model.credential import PersonStatus
from tests.fakes.provider import FakeProvider

from ..house import Disk
from ..run import run_virtually
from .story import berlin_house, rest

PIN = "907153"
GUESTS = "input_boolean.guests"
RULE = AccessRule(conditions=(RuleCondition(entity=GUESTS, state="on"),))


def test_a_code_follows_the_state_of_an_entity() -> None:
    async def story() -> None:
        lock = FakeProvider()
        async with berlin_house() as house:
            states = house.hass.states
            states.async_set(GUESTS, "off")
            house.add_lock("front", lock)
            ada = await house.add_person("Ada", PIN, rule=RULE)
            await rest(minutes=1)
            assert not lock.codes
            assert house.site.status(house.site.people[ada]) is PersonStatus.BLOCKED
            states.async_set(GUESTS, "on")
            await rest(seconds=5)
            assert lock.codes
            states.async_set(GUESTS, "off")
            await rest(seconds=5)
            assert not lock.codes

    run_virtually(story())


def test_an_entity_that_never_said_anything_denies() -> None:
    async def story() -> None:
        lock = FakeProvider()
        async with berlin_house() as house:
            house.add_lock("front", lock)
            await house.add_person("Ada", PIN, rule=RULE)
            await rest(hours=1)
            assert not lock.codes

    run_virtually(story())


@pytest.mark.parametrize("silence", [STATE_UNAVAILABLE, "unknown", None])
def test_silence_leaves_the_last_answer_for_a_grace_and_then_denies(
    silence: str | None,
) -> None:
    async def story() -> None:
        lock = FakeProvider()
        async with berlin_house() as house:
            states = house.hass.states
            states.async_set(GUESTS, "on")
            house.add_lock("front", lock)
            await house.add_person("Ada", PIN, rule=RULE)
            await rest(minutes=1)
            assert lock.codes
            if silence is None:
                states.async_remove(GUESTS)
            else:
                states.async_set(GUESTS, silence)
            await rest(minutes=14, seconds=55)
            assert lock.codes
            await rest(seconds=10)
            assert not lock.codes
            states.async_set(GUESTS, "on")
            await rest(seconds=5)
            assert lock.codes

    run_virtually(story())


def test_silence_that_changes_its_kind_does_not_begin_anew() -> None:
    async def story() -> None:
        lock = FakeProvider()
        async with berlin_house() as house:
            states = house.hass.states
            states.async_set(GUESTS, "on")
            house.add_lock("front", lock)
            await house.add_person("Ada", PIN, rule=RULE)
            await rest(minutes=1)
            states.async_set(GUESTS, STATE_UNAVAILABLE)
            await rest(minutes=10)
            states.async_set(GUESTS, "unknown")
            await rest(minutes=5, seconds=5)
            assert not lock.codes

    run_virtually(story())


def test_each_condition_has_its_own_grace() -> None:
    async def story() -> None:
        lock = FakeProvider()
        patient = RuleCondition(entity=GUESTS, state="on", grace=timedelta(hours=2))
        async with berlin_house() as house:
            house.hass.states.async_set(GUESTS, "on")
            house.add_lock("front", lock)
            rule = AccessRule(conditions=(patient,))
            await house.add_person("Ada", PIN, rule=rule)
            await rest(minutes=1)
            house.hass.states.async_set(GUESTS, STATE_UNAVAILABLE)
            await rest(minutes=119)
            assert lock.codes
            await rest(minutes=1, seconds=5)
            assert not lock.codes

    run_virtually(story())


def test_a_start_is_no_change() -> None:
    async def story() -> None:
        disk: Disk = {}
        lock = FakeProvider()
        async with berlin_house(disk) as house:
            hass = house.hass
            hass.states.async_set(GUESTS, "on")
            house.add_lock("front", lock)
            await house.add_person("Ada", PIN, rule=RULE)
            await rest(minutes=1)
            await house.close()
            hass.states.async_remove(GUESTS)
            hass.set_state(CoreState.starting)
            used = lock.counts.writes, lock.counts.clears
            await house.open()
            # a start that takes its time is no silence of the entity
            await rest(minutes=20)
            assert lock.codes
            hass.set_state(CoreState.running)
            hass.bus.async_fire("homeassistant_started")
            await rest(minutes=14)
            hass.states.async_set(GUESTS, "on")
            await rest(minutes=30)
            assert (lock.counts.writes, lock.counts.clears) == used

    run_virtually(story())


def test_an_entity_that_does_not_come_back_after_a_start_denies_after_its_grace() -> (
    None
):
    async def story() -> None:
        lock = FakeProvider()
        async with berlin_house() as house:
            hass = house.hass
            hass.states.async_set(GUESTS, "on")
            house.add_lock("front", lock)
            await house.add_person("Ada", PIN, rule=RULE)
            await rest(minutes=1)
            await house.close()
            hass.states.async_remove(GUESTS)
            await house.open()
            await rest(minutes=14)
            assert lock.codes
            await rest(minutes=1, seconds=10)
            assert not lock.codes

    run_virtually(story())


def test_all_conditions_have_to_hold() -> None:
    async def story() -> None:
        lock = FakeProvider()
        alarm = RuleCondition(entity="alarm_control_panel.home", state="disarmed")
        rule = AccessRule(conditions=(*RULE.conditions, alarm))
        async with berlin_house() as house:
            states = house.hass.states
            states.async_set(GUESTS, "on")
            states.async_set(alarm.entity, "armed_away")
            house.add_lock("front", lock)
            await house.add_person("Ada", PIN, rule=rule)
            await rest(minutes=1)
            assert not lock.codes
            states.async_set(alarm.entity, "disarmed")
            await rest(seconds=5)
            assert lock.codes

    run_virtually(story())


def test_a_schedule_helper_opens_and_closes() -> None:
    async def story() -> None:
        lock = FakeProvider()
        rule = AccessRule(source=ScheduleSource(entity="schedule.cleaning"))
        async with berlin_house() as house:
            states = house.hass.states
            states.async_set("schedule.cleaning", "off")
            house.add_lock("front", lock)
            ada = await house.add_person("Ada", PIN, rule=rule)
            await rest(minutes=1)
            assert not lock.codes
            assert house.site.status(house.site.people[ada]) is PersonStatus.SCHEDULED
            states.async_set("schedule.cleaning", "on")
            await rest(seconds=5)
            assert lock.codes

    run_virtually(story())
