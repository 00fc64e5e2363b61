"""Answers of entities: schedules of their own, and conditions."""

from dataclasses import replace

from custom_components.keyholder.model.access_rules import (
    UNRESTRICTED_RULE,
    AccessRule,
    DenialCause,
    InputState,
    RuleInputs,
)
from tests.unit.logic.access_rules.case import SOURCE, Case, answer, conditions, weekly

BOOKED = AccessRule(source=SOURCE)
BOOKED_DAYS = AccessRule(source=SOURCE, weekly=weekly("daily 08:00-20:00"))
AT_HOME = AccessRule(conditions=conditions(1))
TWO = AccessRule(conditions=conditions(2))
AT_HOME_DAYS = replace(AT_HOME, weekly=weekly("daily 08:00-20:00"))

YES, NO, NEVER = answer(True), answer(False), answer(None)


def source(said: InputState) -> RuleInputs:
    return RuleInputs(source=said)


def answers(*said: InputState) -> RuleInputs:
    return RuleInputs(conditions=said)


SOURCES = (
    Case("it allows", BOOKED, "2026-01-05 12:00", None, None, source(YES)),
    Case(
        "it denies", BOOKED, "2026-01-05 12:00", DenialCause.SCHEDULE, None, source(NO)
    ),
    Case(
        "never known",
        BOOKED,
        "2026-01-05 12:00",
        DenialCause.SCHEDULE,
        None,
        source(NEVER),
    ),
    Case(
        "never known has no opposite",
        BOOKED,
        "2026-01-05 12:00",
        DenialCause.SCHEDULE,
        None,
        source(answer(None, turns="2026-01-05 11:00")),
    ),
    Case(
        "an event begins",
        BOOKED,
        "2026-01-05 12:00",
        DenialCause.SCHEDULE,
        "2026-01-05 15:00",
        source(answer(False, turns="2026-01-05 15:00")),
    ),
    Case(
        "an event has begun",
        BOOKED,
        "2026-01-05 15:00",
        None,
        None,
        source(answer(False, turns="2026-01-05 15:00")),
    ),
    Case(
        "an event ends",
        BOOKED,
        "2026-01-05 14:59:59",
        None,
        "2026-01-05 15:00",
        source(answer(True, turns="2026-01-05 15:00")),
    ),
    Case(
        "an event is over",
        BOOKED,
        "2026-01-05 15:00",
        DenialCause.SCHEDULE,
        None,
        source(answer(True, turns="2026-01-05 15:00")),
    ),
    Case(
        "an event begins while the calendar is silent",
        BOOKED,
        "2026-01-05 12:00",
        DenialCause.SCHEDULE,
        "2026-01-05 12:05",
        source(answer(False, until="2026-01-05 12:15", turns="2026-01-05 12:05")),
    ),
    Case(
        "and ends with its grace",
        BOOKED,
        "2026-01-05 12:05",
        None,
        "2026-01-05 12:15",
        source(answer(False, until="2026-01-05 12:15", turns="2026-01-05 12:05")),
    ),
    Case(
        "an event that begins after the grace does not",
        BOOKED,
        "2026-01-05 12:00",
        DenialCause.SCHEDULE,
        None,
        source(answer(False, until="2026-01-05 12:15", turns="2026-01-05 12:20")),
    ),
    Case(
        "what is not asked for does not count",
        UNRESTRICTED_RULE,
        "2026-01-05 12:00",
        None,
        None,
        source(answer(False, turns="2026-01-05 15:00")),
    ),
    Case(
        "an event in the night waits for the window",
        BOOKED_DAYS,
        "2026-01-05 21:00",
        DenialCause.SCHEDULE,
        "2026-01-06 08:00",
        source(answer(False, turns="2026-01-05 23:00")),
    ),
    Case(
        "a window waits for the event",
        BOOKED_DAYS,
        "2026-01-05 07:00",
        DenialCause.SCHEDULE,
        "2026-01-05 15:00",
        source(answer(False, turns="2026-01-05 15:00")),
    ),
    Case(
        "an event in two years waits for the window",
        BOOKED_DAYS,
        "2026-01-05 07:00",
        DenialCause.SCHEDULE,
        "2028-01-06 08:00",
        source(answer(False, turns="2028-01-05 23:00")),
    ),
    Case(
        "an event that ends before the window opens",
        BOOKED_DAYS,
        "2026-01-05 21:00",
        DenialCause.SCHEDULE,
        None,
        source(answer(True, turns="2026-01-06 08:00")),
    ),
    Case(
        "the window closes during the event",
        BOOKED_DAYS,
        "2026-01-05 19:00",
        None,
        "2026-01-05 20:00",
        source(answer(True, turns="2026-01-06 12:00")),
    ),
)

CONDITIONS = (
    Case("it is so", AT_HOME, "2026-01-05 12:00", None, None, answers(YES)),
    Case(
        "it is not so",
        AT_HOME,
        "2026-01-05 12:00",
        DenialCause.CONDITION,
        None,
        answers(NO),
    ),
    Case(
        "never known",
        AT_HOME,
        "2026-01-05 12:00",
        DenialCause.CONDITION,
        None,
        answers(NEVER),
    ),
    Case(
        "not asked yet",
        AT_HOME,
        "2026-01-05 12:00",
        DenialCause.CONDITION,
        None,
        answers(),
    ),
    Case(
        "answers to another rule",
        AT_HOME,
        "2026-01-05 12:00",
        DenialCause.CONDITION,
        None,
        answers(YES, YES),
    ),
    Case("both are so", TWO, "2026-01-05 12:00", None, None, answers(YES, YES)),
    Case(
        "one is not",
        TWO,
        "2026-01-05 12:00",
        DenialCause.CONDITION,
        None,
        answers(YES, NO),
    ),
    Case(
        "the other is not",
        TWO,
        "2026-01-05 12:00",
        DenialCause.CONDITION,
        None,
        answers(NO, YES),
    ),
    Case(
        "one of two is missing",
        TWO,
        "2026-01-05 12:00",
        DenialCause.CONDITION,
        None,
        answers(YES),
    ),
    Case(
        "silent, within its grace",
        AT_HOME,
        "2026-01-05 12:14:59",
        None,
        "2026-01-05 12:15",
        answers(answer(True, until="2026-01-05 12:15")),
    ),
    Case(
        "silent, its grace is over",
        AT_HOME,
        "2026-01-05 12:15",
        DenialCause.CONDITION,
        None,
        answers(answer(True, until="2026-01-05 12:15")),
    ),
    Case(
        "silent after a no, the end of its grace changes nothing",
        AT_HOME,
        "2026-01-05 12:00",
        DenialCause.CONDITION,
        None,
        answers(answer(False, until="2026-01-05 12:15")),
    ),
    Case(
        "two are silent, the first grace ends",
        TWO,
        "2026-01-05 12:00",
        None,
        "2026-01-05 12:10",
        answers(
            answer(True, until="2026-01-05 12:15"),
            answer(True, until="2026-01-05 12:10"),
        ),
    ),
    Case(
        "two are silent, the second grace changes nothing",
        TWO,
        "2026-01-05 12:12",
        DenialCause.CONDITION,
        None,
        answers(
            answer(True, until="2026-01-05 12:15"),
            answer(True, until="2026-01-05 12:10"),
        ),
    ),
    Case(
        "a grace that ends with the window is the schedule's",
        AT_HOME_DAYS,
        "2026-01-05 19:50",
        None,
        "2026-01-05 20:00",
        answers(answer(True, until="2026-01-05 20:00")),
    ),
    Case(
        "a grace that ends in the night is not seen before the morning",
        AT_HOME_DAYS,
        "2026-01-05 21:00",
        DenialCause.SCHEDULE,
        "2026-01-06 08:00",
        answers(answer(True, until="2026-01-05 21:10")),
    ),
    Case(
        "a condition that denies gives way to the schedule at night",
        AT_HOME_DAYS,
        "2026-01-05 12:00",
        DenialCause.CONDITION,
        "2026-01-05 20:00",
        answers(NO),
    ),
    Case(
        "a condition that is known to turn",
        TWO,
        "2026-01-05 12:00",
        DenialCause.CONDITION,
        "2026-01-05 13:00",
        answers(YES, answer(False, turns="2026-01-05 13:00")),
    ),
    Case(
        "one turns to yes as the other turns to no",
        TWO,
        "2026-01-05 12:00",
        DenialCause.CONDITION,
        None,
        answers(
            answer(True, turns="2026-01-05 13:00"),
            answer(False, turns="2026-01-05 13:00"),
        ),
    ),
)

TABLES = {"sources": SOURCES, "conditions": CONDITIONS}
