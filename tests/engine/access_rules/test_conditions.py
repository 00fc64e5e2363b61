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
from tests.harness.clock.virtual_clock import run_on_virtual_clock
from tests.harness.engine.access_rule_scenario import advance, engine_in_berlin
from tests.harness.engine.real_delays import StoredData
from tests.harness.fakes.provider import FakeProvider

PIN = "907153"
GUESTS = "input_boolean.guests"
RULE = AccessRule(conditions=(RuleCondition(entity=GUESTS, state="on"),))


def test_a_code_follows_the_state_of_an_entity() -> None:
    async def scenario() -> None:
        lock = FakeProvider()
        async with engine_in_berlin() as engine:
            states = engine.hass.states
            states.async_set(GUESTS, "off")
            engine.add_lock("front", lock)
            ada = await engine.add_person("Ada", PIN, rule=RULE)
            await advance(minutes=1)
            assert not lock.codes
            assert engine.site.status(engine.site.people[ada]) is PersonStatus.BLOCKED
            states.async_set(GUESTS, "on")
            await advance(seconds=5)
            assert lock.codes
            states.async_set(GUESTS, "off")
            await advance(seconds=5)
            assert not lock.codes

    run_on_virtual_clock(scenario())


def test_an_entity_that_never_said_anything_denies() -> None:
    async def scenario() -> None:
        lock = FakeProvider()
        async with engine_in_berlin() as engine:
            engine.add_lock("front", lock)
            await engine.add_person("Ada", PIN, rule=RULE)
            await advance(hours=1)
            assert not lock.codes

    run_on_virtual_clock(scenario())


@pytest.mark.parametrize("silence", [STATE_UNAVAILABLE, "unknown", None])
def test_an_unavailable_entity_keeps_its_answer_for_a_grace_period(
    silence: str | None,
) -> None:
    async def scenario() -> None:
        lock = FakeProvider()
        async with engine_in_berlin() as engine:
            states = engine.hass.states
            states.async_set(GUESTS, "on")
            engine.add_lock("front", lock)
            await engine.add_person("Ada", PIN, rule=RULE)
            await advance(minutes=1)
            assert lock.codes
            if silence is None:
                states.async_remove(GUESTS)
            else:
                states.async_set(GUESTS, silence)
            await advance(minutes=14, seconds=55)
            assert lock.codes
            await advance(seconds=10)
            assert not lock.codes
            states.async_set(GUESTS, "on")
            await advance(seconds=5)
            assert lock.codes

    run_on_virtual_clock(scenario())


def test_unavailable_after_unknown_does_not_restart_the_grace_period() -> None:
    async def scenario() -> None:
        lock = FakeProvider()
        async with engine_in_berlin() as engine:
            states = engine.hass.states
            states.async_set(GUESTS, "on")
            engine.add_lock("front", lock)
            await engine.add_person("Ada", PIN, rule=RULE)
            await advance(minutes=1)
            states.async_set(GUESTS, STATE_UNAVAILABLE)
            await advance(minutes=10)
            states.async_set(GUESTS, "unknown")
            await advance(minutes=5, seconds=5)
            assert not lock.codes

    run_on_virtual_clock(scenario())


def test_each_condition_has_its_own_grace() -> None:
    async def scenario() -> None:
        lock = FakeProvider()
        patient = RuleCondition(entity=GUESTS, state="on", grace=timedelta(hours=2))
        async with engine_in_berlin() as engine:
            engine.hass.states.async_set(GUESTS, "on")
            engine.add_lock("front", lock)
            rule = AccessRule(conditions=(patient,))
            await engine.add_person("Ada", PIN, rule=rule)
            await advance(minutes=1)
            engine.hass.states.async_set(GUESTS, STATE_UNAVAILABLE)
            await advance(minutes=119)
            assert lock.codes
            await advance(minutes=1, seconds=5)
            assert not lock.codes

    run_on_virtual_clock(scenario())


def test_a_start_is_no_change() -> None:
    async def scenario() -> None:
        disk: StoredData = {}
        lock = FakeProvider()
        async with engine_in_berlin(disk) as engine:
            hass = engine.hass
            hass.states.async_set(GUESTS, "on")
            engine.add_lock("front", lock)
            await engine.add_person("Ada", PIN, rule=RULE)
            await advance(minutes=1)
            await engine.close()
            hass.states.async_remove(GUESTS)
            hass.set_state(CoreState.starting)
            used = lock.counts.writes, lock.counts.clears
            await engine.open()
            # a start that takes its time is no silence of the entity
            await advance(minutes=20)
            assert lock.codes
            hass.set_state(CoreState.running)
            hass.bus.async_fire("homeassistant_started")
            await advance(minutes=14)
            hass.states.async_set(GUESTS, "on")
            await advance(minutes=30)
            assert (lock.counts.writes, lock.counts.clears) == used

    run_on_virtual_clock(scenario())


def test_an_entity_missing_after_a_start_denies_after_its_grace() -> None:
    async def scenario() -> None:
        lock = FakeProvider()
        async with engine_in_berlin() as engine:
            hass = engine.hass
            hass.states.async_set(GUESTS, "on")
            engine.add_lock("front", lock)
            await engine.add_person("Ada", PIN, rule=RULE)
            await advance(minutes=1)
            await engine.close()
            hass.states.async_remove(GUESTS)
            await engine.open()
            await advance(minutes=14)
            assert lock.codes
            await advance(minutes=1, seconds=10)
            assert not lock.codes

    run_on_virtual_clock(scenario())


def test_all_conditions_have_to_hold() -> None:
    async def scenario() -> None:
        lock = FakeProvider()
        alarm = RuleCondition(entity="alarm_control_panel.home", state="disarmed")
        rule = AccessRule(conditions=(*RULE.conditions, alarm))
        async with engine_in_berlin() as engine:
            states = engine.hass.states
            states.async_set(GUESTS, "on")
            states.async_set(alarm.entity, "armed_away")
            engine.add_lock("front", lock)
            await engine.add_person("Ada", PIN, rule=rule)
            await advance(minutes=1)
            assert not lock.codes
            states.async_set(alarm.entity, "disarmed")
            await advance(seconds=5)
            assert lock.codes

    run_on_virtual_clock(scenario())


def test_a_schedule_helper_opens_and_closes() -> None:
    async def scenario() -> None:
        lock = FakeProvider()
        rule = AccessRule(source=ScheduleSource(entity="schedule.cleaning"))
        async with engine_in_berlin() as engine:
            states = engine.hass.states
            states.async_set("schedule.cleaning", "off")
            engine.add_lock("front", lock)
            ada = await engine.add_person("Ada", PIN, rule=rule)
            await advance(minutes=1)
            assert not lock.codes
            assert engine.site.status(engine.site.people[ada]) is PersonStatus.SCHEDULED
            states.async_set("schedule.cleaning", "on")
            await advance(seconds=5)
            assert lock.codes

    run_on_virtual_clock(scenario())
