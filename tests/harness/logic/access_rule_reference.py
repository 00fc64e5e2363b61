"""What a rule says, the slow and obvious way: look at the clock, minute by minute."""

from datetime import datetime, timedelta, tzinfo

from custom_components.keyholder.model.access_rules import (
    AccessRule,
    DenialCause,
    InputState,
    Mode,
    RuleInputs,
    Weekday,
    WeeklySchedule,
)

MINUTE = timedelta(minutes=1)


def hold_at(
    rule: AccessRule, facts: RuleInputs, now: datetime, zone: tzinfo
) -> DenialCause | None:
    """Return what denies, the first in the order of the parts."""
    if rule.use_limit is not None and facts.uses >= rule.use_limit:
        return DenialCause.USED_UP
    if rule.valid_until is not None and not now < rule.valid_until:
        return DenialCause.EXPIRED
    if rule.valid_from is not None and now < rule.valid_from:
        return DenialCause.NOT_YET
    if rule.weekly is not None and not week_allows(rule.weekly, now, zone):
        return DenialCause.SCHEDULE
    if rule.source is not None and not answer_allows(facts.source, now):
        return DenialCause.SCHEDULE
    for answer in facts.conditions:
        if not answer_allows(answer, now):
            return DenialCause.CONDITION
    return None


def next_change(
    rule: AccessRule, facts: RuleInputs, now: datetime, zone: tzinfo, within: timedelta
) -> datetime | None:
    """Return the first whole minute after `now` that differs, None if there is none."""
    before = hold_at(rule, facts, now, zone)
    minute = now.replace(second=0, microsecond=0) + MINUTE
    while minute <= now + within:
        if hold_at(rule, facts, minute, zone) != before:
            return minute
        minute += MINUTE
    return None


def week_allows(weekly: WeeklySchedule, now: datetime, zone: tzinfo) -> bool:
    wall = now.astimezone(zone)
    minute = wall.hour * 60 + wall.minute
    today = Weekday(wall.weekday())
    yesterday = Weekday((wall.weekday() + 6) % 7)
    inside = False
    for window in weekly.windows:
        if window.start < window.end:
            if today in window.days and window.start <= minute < window.end:
                inside = True
        else:
            if today in window.days and window.start <= minute:
                inside = True
            if yesterday in window.days and minute < window.end:
                inside = True
    return inside if weekly.mode is Mode.INCLUDE else not inside


def answer_allows(answer: InputState, now: datetime) -> bool:
    if answer.allows is None:
        return False
    if answer.expires_at is not None and answer.expires_at <= now:
        return False
    if answer.next_change is not None and answer.next_change <= now:
        return not answer.allows
    return answer.allows
