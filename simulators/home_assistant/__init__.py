"""A real Home Assistant as a process, with clients of its APIs."""

from .auth import Account
from .client import Client
from .errors import AnswerError, CommandError, ConnectionLost, RequestError, StartError
from .instance import OWNER, HomeAssistantInstance

__all__ = [
    "OWNER",
    "Account",
    "AnswerError",
    "Client",
    "CommandError",
    "ConnectionLost",
    "HomeAssistantInstance",
    "RequestError",
    "StartError",
]
