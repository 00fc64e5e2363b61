"""Evaluate access rules: whether a rule allows access and until when; estimate lost use counts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from ..model.access_rules import (
    AccessRule,
    DenialCause,
    InputState,
    RuleInputs,
    RuleResult,
)
from ..model.credential import Person, PersonId
from ..model.journal import LockJournalEntry
from ..model.slot import DesiredState
from .weekly import Week, compile_week


def evaluate_rule(
    rule: AccessRule, facts: RuleInputs, now: datetime, zone: tzinfo
) -> RuleResult:
    """Return the result of a rule at `now`, which is in UTC, by the wall clock of `zone`.

    A missing answer to a condition denies. `next_change` of the result is in UTC.
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
        denied_by=valid.denial_cause(now), next_change=valid.next_change(now, end)
    )


@dataclass(frozen=True, slots=True)
class _WithinValidity:
    """A rule that is neither used up nor outside its validity."""

    rule: AccessRule
    facts: RuleInputs
    zone: tzinfo

    @property
    def _week(self) -> Week | None:
        return None if self.rule.weekly is None else compile_week(self.rule.weekly)

    def denial_cause(self, at: datetime) -> DenialCause | None:
        """Return which part of the rule denies at a moment, None if it allows."""
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
        """Return the first moment after `now` with another denial cause: `end` at the latest.

        It goes from one change of the answers to the next. Between two of them only the
        week can change the result, and only where the source allows.
        """
        cause = self.denial_cause(now)
        changes = sorted(
            {
                change
                for change in self._answer_changes()
                if now < change and (end is None or change < end)
            }
        )
        for since, until in zip([now, *changes], [*changes, end], strict=True):
            if self.denial_cause(since) is not cause:
                return since
            transition = self._next_transition(since)
            if transition is not None and (until is None or transition < until):
                return transition
        return end

    def _next_transition(self, since: datetime) -> datetime | None:
        if (week := self._week) is None or not self._source_allows(since):
            return None
        return week.next_transition(since, self.zone)

    def _source_allows(self, at: datetime) -> bool:
        return self.rule.source is None or _allows(self.facts.source, at)

    def _answer_changes(self) -> Iterator[datetime]:
        """Yield the moments at which an answer may change."""
        source = () if self.rule.source is None else (self.facts.source,)
        for answer in (*source, *self.facts.conditions):
            for moment in (_utc(answer.next_change), _utc(answer.expires_at)):
                if moment is not None:
                    yield moment


def estimate_uses(
    people: Iterable[Person], pages: Iterable[LockJournalEntry]
) -> dict[PersonId, int]:
    """Return the count to continue with, for each person who has a use limit.

    A code that is to be on a lock had a use left, and keeps one. For the others the
    count is unknown, so their limit is taken to be used up.
    """
    present = {
        record.credential.person
        for page in pages
        for record in page.records.values()
        if record.desired is DesiredState.PRESENT
    }
    return {
        person.person_id: limit - (person.person_id in present)
        for person in people
        if (limit := person.rule.use_limit) is not None
    }


def _allows(answer: InputState, at: datetime) -> bool:
    """Return whether an entity's answer allows at a moment."""
    if answer.allows is None or (
        answer.expires_at is not None and at >= answer.expires_at
    ):
        return False
    has_changed = answer.next_change is not None and at >= answer.next_change
    return answer.allows is not has_changed


def _utc(moment: datetime | None) -> datetime | None:
    """Return the same moment in UTC, so that arithmetic and comparison are those of instants."""
    return None if moment is None else moment.astimezone(UTC)
