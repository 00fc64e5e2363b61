"""ClaimChecker: nothing is published as verified that the lock does not hold.

How to use it:

- on the engine with locks in memory: `checker = watch_engine(engine)` before anything
  happens (`engine/engine_claims.py`), `assert checker.false_claims == []` in the end; in
  `tests/engine/runtime` the fixture `claims` does both
- on sensors, on virtual time: `with watch_sensors(recorders, strict=True) as checker:`
  (`faults/sensor_recorder.py`)
- elsewhere: give `ClaimChecker` a function that returns the claims of now, and call
  `check` whenever a claim or a lock may have changed
"""

from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import dataclass

from custom_components.keyholder.model.slot import DesiredState


def is_true(
    desired: DesiredState,
    held: str | None,
    *,
    current: Collection[str],
    ever: Collection[str],
) -> bool:
    """Return whether a code (None: no code) is what is claimed to be verified.

    Present: it is one of the PINs that are right now, `current`. Absent: it is none that
    the person `ever` had.
    """
    return held in current if desired is DesiredState.PRESENT else held not in ever


@dataclass(frozen=True, slots=True)
class Claim:
    """What is published of one slot now."""

    lock: Hashable
    slot: int
    proof: object
    """What is said to be verified, and since when; None where nothing is."""
    is_true: bool = True
    """Whether the lock holds it."""
    text: str = ""
    """What it says, for a failure."""


class ClaimChecker:
    """Collects false claims in `false_claims`, at every `check`.

    `strict`: what was verified must stay true. Otherwise only a new claim is checked:
    what somebody did where the lock cannot show it makes an older claim no false one.
    """

    def __init__(
        self, claims: Callable[[], Iterable[Claim]], *, strict: bool = True
    ) -> None:
        """Know the claims of now; they are checked from the first `check` on."""
        self.false_claims: list[str] = []
        self._claims = claims
        self._strict = strict
        self._known = {(each.lock, each.slot): each.proof for each in claims()}

    def check(self, lock: Hashable = None) -> None:
        """Compare what is claimed now, of one lock or of all, with what the locks hold."""
        for claim in self._claims():
            if lock is not None and claim.lock != lock:
                continue
            is_known = claim.proof == self._known.get((claim.lock, claim.slot))
            self._known[claim.lock, claim.slot] = claim.proof
            if claim.proof is None or (is_known and not self._strict):
                continue
            if not claim.is_true:
                self.false_claims.append(f"{claim.text} is not true")
