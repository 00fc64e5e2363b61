"""Base class of the autolock entities."""

from typing import Any, override

from .autolock_manager import AutolockManager
from .entity import LockDeviceEntity
from .model.autolock import AutolockConfig
from .runtime.site.autolock_serialization import subentry_data_with_autolock


class AutolockEntity(LockDeviceEntity):
    """Base of entities on a lock's device that represent or change its autolock."""

    @property
    def autolock(self) -> AutolockManager:
        """Return the autolock manager of the site."""
        manager: AutolockManager = self.site.entry.runtime_data.autolock
        return manager

    @property
    def config(self) -> AutolockConfig:
        """Return the lock's current autolock configuration."""
        return self.autolock.config(self.lock)

    @override
    def _subscribe(self) -> None:
        self.async_on_remove(self.autolock.async_listen(self.lock, self._on_change))

    async def async_change_config(self, **changes: Any) -> None:
        """Store changed options in the lock's subentry and apply them at once."""
        subentry = self.site.entry.subentries[self.subentry_id]
        self.hass.config_entries.async_update_subentry(
            self.site.entry,
            subentry,
            data=subentry_data_with_autolock(subentry, **changes),
        )
        # not left to the update listener alone: the caller expects the new state
        await self.autolock.async_sync()
