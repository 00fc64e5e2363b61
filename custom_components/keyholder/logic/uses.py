"""How often somebody with a use limit came in, where the counts were lost."""

from collections.abc import Iterable

from ..model.credential import Person, PersonId
from ..model.page import LockJournalEntry
from ..model.slot import DesiredState


def estimate_uses(
    people: Iterable[Person], pages: Iterable[LockJournalEntry]
) -> dict[PersonId, int]:
    """Return what to go on with, for each person who has a limit.

    A code that is on a lock had a use left, and keeps that one. Of the others nobody
    knows, and that lets nobody in.
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
