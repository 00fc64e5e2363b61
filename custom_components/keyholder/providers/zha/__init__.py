"""Provider for Zigbee locks, through Home Assistant's ZHA integration."""

from .client import check_library
from .provider import ZhaProvider

__all__ = ["ZhaProvider", "check_library"]
