"""What the length of a PIN may have to do with a lock that does not store it."""

from ..logic.pin_length_history import accepted_instead
from ..logic.pin_rules import lock_lengths
from ..model.snapshot import LockSnapshot, SlotView
from ..runtime.site.site import Site
from ..translation import async_translate


def pin_length_hint(site: Site, snapshot: LockSnapshot, view: SlotView) -> str:
    """Return a sentence for the issue of a slot, empty if its PIN's length is no cause.

    It names lengths and no digits.
    """
    lock = site.locks.get(snapshot.lock)
    pin = site.current_pin(view.credential.person)
    if lock is None or pin is None:
        return ""
    length, lengths = len(pin), lock_lengths(lock.settings, lock.capabilities)
    if not lengths.allow(length):
        return async_translate(
            site.hass,
            "pin_length_not_taken",
            lock=snapshot.name,
            person=view.person_name,
            length=str(length),
            lengths=str(lengths),
        )
    accepted = accepted_instead(lock.journal_entry.pin_lengths, length)
    if not accepted:
        return ""
    return async_translate(
        site.hass,
        "pin_length_dropped",
        lock=snapshot.name,
        person=view.person_name,
        length=str(length),
        accepted=", ".join(map(str, accepted)),
    )
