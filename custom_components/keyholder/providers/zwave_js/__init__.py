"""Provider for Z-Wave locks, through Home Assistant's Z-Wave JS integration."""

from .client import check_library
from .provider import ZWaveJsProvider

__all__ = ["ZWaveJsProvider", "check_library"]
