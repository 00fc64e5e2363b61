"""Run Home Assistant with Keyholder's waits scaled: fast_time.py FACTOR ARGUMENTS...

A lock's commit window is a minute long; a test that waits for three of them shrinks the
minutes here, outside the integration, instead of asking it for a back door.

Windows for what other programs say are as long as ever: on a busy machine these take their
time, and a report that comes after its window is taken for a change made at the lock.
"""

from dataclasses import replace
from pathlib import Path
import runpy
import sys

KEPT = (
    "final_read_grace",
    "duplicate_window",
    "report_window",
    "empty_read_max_age",
    "job_timeout",
    "historic_event_age",
)
"""Times of Keyholder that are not scaled."""


def main() -> None:
    """Import Keyholder from this repository, scale its timing, become Home Assistant."""
    factor = float(sys.argv[1])
    # found first here, `custom_components` is this repository's for the whole run
    sys.path.insert(0, str(Path(__file__).parents[2]))
    import homeassistant  # noqa: F401, PLC0415 - stands in for voluptuous when imported

    from custom_components import keyholder  # noqa: PLC0415

    timing = keyholder.TIMING
    kept = {name: getattr(timing, name) for name in KEPT}
    keyholder.TIMING = replace(timing.scaled(factor), **kept)
    sys.argv = ["homeassistant", *sys.argv[2:]]
    runpy.run_module("homeassistant", run_name="__main__")


if __name__ == "__main__":
    main()
