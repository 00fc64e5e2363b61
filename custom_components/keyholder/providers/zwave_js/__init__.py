"""Provider for Z-Wave locks, through Home Assistant's Z-Wave JS integration."""

from .library import check_library
from .provider import ZWaveJsProvider

__all__ = ["ZWaveJsProvider", "check_library"]
