"""Whether a provider reports its lock as reachable."""

from custom_components.keyholder.model.lock_events import Connected, LockEvent
from custom_components.keyholder.providers.base import LockProvider


def is_connected(provider: LockProvider) -> bool:
    """Return whether a subscription that begins now reports the lock as connected."""
    events: list[LockEvent] = []
    provider.subscribe(events.append)()
    return any(isinstance(event, Connected) for event in events)
