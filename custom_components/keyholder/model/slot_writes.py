"""What was written to a slot, as far as no read can prove it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotWrites:
    """What was written to a slot, whatever reads of it show.

    `uncleared` are the revisions that the lock did not reject, since it last
    acknowledged a clear: the slot may hold any of them, and the last one rather than
    the others. `acknowledged`: the lock acknowledged one, and no read has shown it.
    `reads_empty`: a read showed the slot empty then, without a clear of ours, and none
    has shown a code of ours since. `clear_sent`: a clear was sent after the last write,
    and the lock has not rejected it. `unproven`: written, and not proven by a read since.
    `used`: the slot was used although it was held to have no code of ours, and no clear
    was acknowledged since.
    """

    uncleared: tuple[int, ...] = ()
    acknowledged: bool = False
    reads_empty: bool = False
    clear_sent: bool = False
    unproven: bool = False
    used: bool = False
