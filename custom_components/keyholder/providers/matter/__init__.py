"""Provider for Matter locks, through Home Assistant's Matter integration."""

from .client import check_library
from .provider import MatterProvider

__all__ = ["MatterProvider", "check_library"]
