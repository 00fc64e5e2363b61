"""Whether a lock that keeps names with its codes has to be given a new one."""

from ..model.slot import DesiredState, SlotRecord
from .disabled_codes import has_disabled_code


def is_name_due(record: SlotRecord) -> bool:
    """Return whether the name is to be changed on the lock now.

    Only while the code is proven to be there: a code that is still to be written takes
    its name along, and one that is to be cleared needs none.
    """
    holds_code = record.desired is DesiredState.PRESENT or has_disabled_code(record)
    is_proven = record.is_verified and not record.needs_read
    return record.name_outdated and holds_code and is_proven
