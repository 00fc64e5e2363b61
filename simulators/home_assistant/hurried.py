"""Run Home Assistant with Keyholder's waits scaled: hurried.py FACTOR ARGUMENTS...

A lock's commit window is a minute long; a test that waits for three of them shrinks the
minutes here, outside the integration, instead of asking it for a back door.
"""

from pathlib import Path
import runpy
import sys


def main() -> None:
    """Import Keyholder from this repository, scale its timing, become Home Assistant."""
    factor = float(sys.argv[1])
    # found first here, `custom_components` is this repository's for the whole run
    sys.path.insert(0, str(Path(__file__).parents[2]))
    import homeassistant  # noqa: F401, PLC0415 - stands in for voluptuous when imported

    from custom_components import keyholder  # noqa: PLC0415

    keyholder.TIMING = keyholder.TIMING.scaled(factor)
    sys.argv = ["homeassistant", *sys.argv[2:]]
    runpy.run_module("homeassistant", run_name="__main__")


if __name__ == "__main__":
    main()
