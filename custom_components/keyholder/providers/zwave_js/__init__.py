"""Provider for Z-Wave locks, through Home Assistant's Z-Wave JS integration.

A lock has its codes in one of two command classes (`user_code`, `user_credential`;
`credentials` is what they have in common). Only with the first it has schedules
(`schedules`, `schedule_entries`, `scheduled_write`) and a clock that the driver does not
keep (`lock_clock`). A lock may report seconds after a write that it rejects the code
(`recent_writes`).
"""

from .client import check_library
from .provider import ZWaveJsProvider

__all__ = ["ZWaveJsProvider", "check_library"]
