"""Nothing is ever claimed that the lock does not hold."""

from custom_components.keyholder.model.credential import LockId
from custom_components.keyholder.model.slot import DesiredState, SlotState
from tests.harness.engine.engine_harness import EngineHarness


class ClaimChecker:
    """Compares what is shown with what is really in the locks, at every change."""

    def __init__(self, engine: EngineHarness) -> None:
        """Watch the house from now on."""
        self.false_claims: list[str] = []
        self.states: dict[tuple[LockId, int], list[SlotState | None]] = {}
        self._engine = engine
        engine.site.async_add_lock_listener(self._on_shown)

    def _on_shown(self, lock: LockId) -> None:
        coordinator = self._engine.site.locks.get(lock)
        slots = {} if coordinator is None else coordinator.data.slots
        for slot, view in slots.items():
            seen = self.states.setdefault((lock, slot), [])
            if not seen or seen[-1] is not view.state:
                seen.append(view.state)
        # a lock publishes a turn of the event loop after its records have changed
        self._engine.hass.loop.call_soon(self._look)

    def _look(self) -> None:
        for lock, coordinator in self._engine.site.locks.items():
            codes = self._engine.providers[lock].codes
            for view in coordinator.data.slots.values():
                slot = view.slot
                if view.state is not SlotState.IN_SYNC:
                    continue
                pins = self._engine.site.vault.pins(view.credential)
                ours = {number: pin.reveal() for number, pin in pins.items()}
                if view.desired is DesiredState.PRESENT:
                    true = codes.get(slot) == ours[max(ours)]
                else:
                    true = codes.get(slot) not in ours.values()
                if not true:
                    self.false_claims.append(
                        f"{view.desired} of slot {slot} is not true"
                    )
