"""Provider for Zigbee locks, through Home Assistant's ZHA integration."""

from .library import check_library
from .provider import ZhaProvider

__all__ = ["ZhaProvider", "check_library"]
