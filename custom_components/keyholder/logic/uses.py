"""Estimate the counted uses of people with a use limit after the counts were lost."""

from collections.abc import Iterable

from ..model.credential import Person, PersonId
from ..model.page import LockJournalEntry
from ..model.slot import DesiredState


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
