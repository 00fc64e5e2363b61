"""Check that a library has what a provider uses of it.

Most of what providers use is not a public interface of Home Assistant and may change in
any release; better one repair issue at the start than a traceback on the day a code is
revoked.
"""

from annotationlib import Format
from collections.abc import Iterable
from inspect import signature

from .base import IncompatibleLibraryError

type LibraryCall = tuple[object, str, int]
"""Owner and name of a function, and how many arguments we pass, self included."""
type LibraryName = tuple[object, str]
"""Owner and name of an attribute; also of a field, where the owner is a dataclass."""


def require(
    library: str, calls: Iterable[LibraryCall], names: Iterable[LibraryName] = ()
) -> None:
    """Raise IncompatibleLibraryError, with what is missing, unless everything is there."""
    missing = [
        f"{name}()"
        for owner, name, arguments in calls
        if not _accepts_arguments(getattr(owner, name, None), arguments)
    ]
    missing += [name for owner, name in names if not _has(owner, name)]
    if missing:
        raise IncompatibleLibraryError(f"{library} changed: {', '.join(missing)}")


def _has(owner: object, name: str) -> bool:
    return hasattr(owner, name) or name in getattr(owner, "__dataclass_fields__", ())


def _accepts_arguments(function: object, arguments: int) -> bool:
    if not callable(function):
        return False
    try:
        # Its annotations may name types that are not imported at runtime
        called = signature(function, annotation_format=Format.FORWARDREF)
        called.bind(*range(arguments))
    except TypeError:
        return False
    return True
