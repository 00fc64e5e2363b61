"""Delete stored PINs that no lock may hold any more."""

from collections import defaultdict
from collections.abc import Collection

from homeassistant.core import callback

from ...model.credential import CredentialRef, PersonId
from ...model.slot import DesiredState, SlotRecord
from ..storage.stores import Journal, Vault


@callback
def async_prune_secrets(
    journal: Journal,
    vault: Vault,
    people: Collection[PersonId],
    credentials: Collection[CredentialRef],
) -> None:
    """Delete the PINs of removed people, and the former PINs of all others.

    Only `credentials` are considered; `people` are all people, those still being added
    included. A PIN stays while a record needs it: a slot that is not verified may hold
    any PIN that its credential ever had.
    """
    with_former = [each for each in credentials if vault.has_former(each)]
    removed = {each.person for each in credentials if each.person not in people}
    relevant = removed | {each.person for each in with_former}
    if not relevant:
        return
    held: defaultdict[PersonId, list[SlotRecord]] = defaultdict(list)
    for page in journal.pages.values():
        for record in page.records.values():
            if record.credential.person in relevant:
                held[record.credential.person].append(record)
    for person in removed - held.keys():
        vault.forget(person)
    for credential in with_former:
        records = [
            record
            for record in held[credential.person]
            if record.credential == credential
        ]
        if all(
            record.is_verified and not record.unresolved_commands for record in records
        ):
            vault.prune_former_pins(credential, _wanted(records))


def _wanted(records: Collection[SlotRecord]) -> set[int]:
    return {
        each.revision
        for each in records
        if each.desired is DesiredState.PRESENT or each.disabled_code is not None
    }
