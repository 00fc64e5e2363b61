"""Nothing is ever claimed that the lock does not hold, looked at on every change."""

from custom_components.keyholder.model.credential import LockId
from custom_components.keyholder.model.slot import DesiredState, SlotState
from tests.harness.engine.engine_harness import EngineHarness


class ClaimChecker:
    """Compares what is shown with what is in the locks whenever either has changed.

    `strict`: what was proven must stay true. Otherwise only a new claim is judged:
    what somebody did where the lock cannot show it is nobody's lie.
    """

    def __init__(self, engine: EngineHarness, *, strict: bool = True) -> None:
        """Watch the house from now on."""
        self.false_claims: list[str] = []
        self._engine = engine
        self._strict = strict
        self._claims: dict[tuple[LockId, int], object] = {}
        for lock, coordinator in engine.site.locks.items():
            self._look(lock, is_first=True)
            coordinator.async_add_listener(lambda lock=lock: self._look(lock))  # type: ignore[misc]
            engine.providers[lock].watch(lambda lock=lock: self._look_soon(lock))  # type: ignore[misc]

    def _look_soon(self, lock: LockId) -> None:
        # what the lock reports by itself is published a turn of the event loop later
        loop = self._engine.hass.loop
        loop.call_soon(lambda: loop.call_soon(self._look, lock))

    def _look(self, lock: LockId, *, is_first: bool = False) -> None:
        if lock not in self._engine.site.locks:
            return
        provider = self._engine.providers[lock]
        for slot, view in self._engine.snapshot(lock).slots.items():
            claim = (view.desired, view.verified_at)
            known = self._claims.get((lock, slot))
            self._claims[lock, slot] = claim
            if view.state is not SlotState.IN_SYNC or is_first:
                continue
            if not self._strict and claim == known:
                continue
            pins = self._engine.site.vault.pins(view.credential)
            ours = {number: pin.reveal() for number, pin in pins.items()}
            held = provider.codes.get(slot)
            if view.desired is DesiredState.PRESENT:
                true = held == ours[max(ours)]
            else:
                true = held not in ours.values()
            if not true:
                self.false_claims.append(f"{view.desired} of slot {slot} is not true")
