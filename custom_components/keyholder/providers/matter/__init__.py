"""Provider for Matter locks, through Home Assistant's Matter integration."""

from .library import check_library
from .provider import MatterProvider

__all__ = ["MatterProvider", "check_library"]
