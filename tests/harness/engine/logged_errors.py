"""What our package logs as an error in a scenario, and the PINs that it must not log."""

import logging
from typing import override


class ErrorLog(logging.Handler):
    """Keeps what our package logs as an error, but for what a full disk explains."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.pins: set[str] = set()

    @override
    def emit(self, record: logging.LogRecord) -> None:
        line = record.getMessage()
        if record.levelno >= logging.ERROR and "cannot be stored" not in line:
            self.lines.append(self.format(record))
        if any(pin in line for pin in self.pins):
            self.lines.append("a line of the log holds a PIN")
