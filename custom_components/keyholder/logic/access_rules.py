"""Whether a rule allows access at a moment, and until when that stays so."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from ..model.access_rules import (
    AccessRule,
    DenialCause,
    InputState,
    RuleInputs,
    RuleResult,
)
from .weekly import Week, compile_week


def evaluate_rule(
    rule: AccessRule, facts: RuleInputs, now: datetime, zone: tzinfo
) -> RuleResult:
    """Return what a rule says at `now`, which is in UTC, by the wall clock of `zone`.

    Facts that lack an answer to a condition deny. `next_change` is in UTC.
    """
    if rule.use_limit is not None and facts.uses >= rule.use_limit:
        return RuleResult(denied_by=DenialCause.USED_UP)
    end = _utc(rule.valid_until)
    if end is not None and now >= end:
        return RuleResult(denied_by=DenialCause.EXPIRED)
    start = _utc(rule.valid_from)
    if start is not None and now < start:
        return RuleResult(denied_by=DenialCause.NOT_YET, next_change=start)
    valid = _WithinValidity(rule, facts, zone)
    return RuleResult(
        denied_by=valid.hold(now), next_change=valid.next_change(now, end)
    )


@dataclass(frozen=True, slots=True)
class _WithinValidity:
    """A rule while it is neither used up nor out of its time."""

    rule: AccessRule
    facts: RuleInputs
    zone: tzinfo

    @property
    def _week(self) -> Week | None:
        return None if self.rule.weekly is None else compile_week(self.rule.weekly)

    def hold(self, at: datetime) -> DenialCause | None:
        """Return what denies at a moment."""
        if not self._source_allows(at):
            return DenialCause.SCHEDULE
        if (week := self._week) is not None and not week.allows(at, self.zone):
            return DenialCause.SCHEDULE
        answers = self.facts.conditions
        if len(answers) == len(self.rule.conditions) and all(
            _allows(answer, at) for answer in answers
        ):
            return None
        return DenialCause.CONDITION

    def next_change(self, now: datetime, end: datetime | None) -> datetime | None:
        """Return the first moment after `now` with another hold: `end` at the latest.

        It goes from one turn of the answers to the next. Between two of them only the
        week can change anything, and that only where the source allows.
        """
        hold = self.hold(now)
        turns = sorted(
            {
                turn
                for turn in self._turns()
                if now < turn and (end is None or turn < end)
            }
        )
        for since, until in zip([now, *turns], [*turns, end], strict=True):
            if self.hold(since) is not hold:
                return since
            flip = self._next_flip(since)
            if flip is not None and (until is None or flip < until):
                return flip
        return end

    def _next_flip(self, since: datetime) -> datetime | None:
        if (week := self._week) is None or not self._source_allows(since):
            return None
        return week.next_transition(since, self.zone)

    def _source_allows(self, at: datetime) -> bool:
        return self.rule.source is None or _allows(self.facts.source, at)

    def _turns(self) -> Iterator[datetime]:
        """Yield the moments at which an answer may change."""
        source = () if self.rule.source is None else (self.facts.source,)
        for answer in (*source, *self.facts.conditions):
            for moment in (_utc(answer.next_change), _utc(answer.expires_at)):
                if moment is not None:
                    yield moment


def _allows(answer: InputState, at: datetime) -> bool:
    """Return whether an entity's answer allows at a moment."""
    if answer.allows is None or (
        answer.expires_at is not None and at >= answer.expires_at
    ):
        return False
    turned = answer.next_change is not None and at >= answer.next_change
    return answer.allows is not turned


def _utc(moment: datetime | None) -> datetime | None:
    """Return the same moment in UTC, so that sums and orders are those of instants."""
    return None if moment is None else moment.astimezone(UTC)
