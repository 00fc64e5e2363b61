"""Where our own code raised an exception, for the log."""

from pathlib import Path
import traceback


def location_of(err: BaseException) -> str:
    """Return file, line and function of each frame, the innermost first.

    Never the text of the exception and never a value: either may hold a code.
    """
    frames = traceback.extract_tb(err.__traceback__)
    return ", ".join(
        f"{Path(frame.filename).name}:{frame.lineno} in {frame.name}"
        for frame in reversed(frames)
    )
