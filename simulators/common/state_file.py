"""`StateFile`: saves the state of a simulator, and restores it at the next start."""

from collections.abc import Callable
import json
import os
from pathlib import Path
from typing import Any, Final

type Json = dict[str, Any]

_PRIVATE: Final = 0o600


class StateFileError(Exception):
    """The file does not say what a simulator has written."""


class StateFile:
    """The file of one simulator. PINs are in there."""

    def __init__(self, file: Path | None) -> None:
        """Keep it there, in a folder that exists; with None keep nothing."""
        self._file = file
        self._written = ""

    def load(self, restore: Callable[[Json], None]) -> None:
        """Call `restore` with the content of the file, if there is one.

        Raises:
            StateFileError: it is not JSON, or `restore` found it to be something else.
        """
        if self._file is None:
            return
        try:
            restore(json.loads(self._file.read_text()))
        except FileNotFoundError:
            return
        except ArithmeticError, AttributeError, LookupError, TypeError, ValueError:
            # what is wrong with it may be a PIN
            raise StateFileError(
                f"{self._file} is damaged; without that file all begins anew"
            ) from None

    def save(self, held: Json) -> None:
        """Write what is held, if the file says something else.

        A power cut leaves what was written before, or all of this.
        """
        text = json.dumps(held)
        if self._file is None or text == self._written:
            return
        fresh = self._file.with_name(f"{self._file.name}.new")
        fresh.touch(_PRIVATE)
        with fresh.open("w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._file)
        self._written = text
