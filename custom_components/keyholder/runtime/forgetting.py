"""PINs that no lock can hold and nobody will want again."""

from collections.abc import Collection

from homeassistant.core import callback

from ..model.credential import PersonId
from ..model.slot import Desired
from .stores import Journal, Vault


@callback
def forget_unneeded(
    journal: Journal,
    vault: Vault,
    people: Collection[PersonId],
    minted: Collection[PersonId],
) -> None:
    """Drop the secrets of people who are gone, and the former PINs of all others.

    `minted` are people whose subentry is still to come. What a record speaks of stays:
    a slot that is not settled may hold any PIN that its credential ever had.
    """
    records = [
        record for page in journal.pages.values() for record in page.records.values()
    ]
    needed = {record.credential.person for record in records}
    for person in vault.people - set(people) - needed - set(minted):
        vault.forget(person)
    for credential in vault.with_former:
        held = [record for record in records if record.credential == credential]
        if all(record.is_settled and not record.doubts for record in held):
            vault.forget_former(
                credential,
                {
                    record.revision
                    for record in held
                    if record.desired is Desired.PRESENT
                },
            )
