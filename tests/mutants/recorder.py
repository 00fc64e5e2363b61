"""Record which lines of the integration each test executes; a plugin for pytest.

`sys.monitoring` tells of each line once and is then silent until the next test begins, which
makes a run about a third slower.
"""

from collections import defaultdict
from collections.abc import Iterator
import json
import os
from pathlib import Path
import sys
from time import monotonic
from types import CodeType

import pytest

PACKAGE = f"{Path(__file__).parents[2] / 'custom_components' / 'keyholder'}{os.sep}"
OUTPUT = "KEYHOLDER_LINES"
"""The environment variable that names the file to write; each worker adds its name."""

_TOOL = 4  # one that no debugger, profiler or coverage tool has claimed
_monitoring = sys.monitoring


class Recorder:
    """Write one JSON object for each test that passed: name, seconds, lines, their count.

    The lines of a file are the bits of one number, in hexadecimal: bit 12 is line 12.
    """

    def __init__(self, output: Path) -> None:
        """Begin to record into this file."""
        self._output = output.open("w", encoding="utf-8")
        self._lines: dict[str, int] = defaultdict(int)
        self._passed = False
        _monitoring.use_tool_id(_TOOL, "keyholder lines")
        events = _monitoring.events
        _monitoring.register_callback(_TOOL, events.PY_START, self._on_start)
        _monitoring.register_callback(_TOOL, events.LINE, self._on_line)
        _monitoring.set_events(_TOOL, events.PY_START)

    def _on_start(self, code: CodeType, offset: int) -> object:
        if code.co_filename.startswith(PACKAGE):
            _monitoring.set_local_events(_TOOL, code, _monitoring.events.LINE)
        return _monitoring.DISABLE

    def _on_line(self, code: CodeType, line: int) -> object:
        self._lines[code.co_filename] |= 1 << line
        return _monitoring.DISABLE

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Record one test with its set-up and teardown."""
        self._lines.clear()
        self._passed = False
        began = monotonic()
        _monitoring.restart_events()
        result = yield
        if self._passed:
            lines = {
                name.removeprefix(PACKAGE): f"{mask:x}"
                for name, mask in self._lines.items()
            }
            seconds = round(monotonic() - began, 3)
            record = {
                "test": _name(item),
                "seconds": seconds,
                "size": sum(mask.bit_count() for mask in self._lines.values()),
                "lines": lines,
            }
            self._output.write(json.dumps(record) + "\n")
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note whether the test passed, and did not fail in its teardown."""
        if report.when == "call":
            self._passed = report.passed
        elif report.failed:
            self._passed = False

    def pytest_unconfigure(self) -> None:
        """Close the file."""
        _monitoring.free_tool_id(_TOOL)
        self._output.close()


def _name(item: pytest.Item) -> str:
    """Return the node ID, without the group that xdist puts behind it."""
    marker = item.get_closest_marker("xdist_group")
    if marker is None:
        return item.nodeid
    group = marker.args[0] if marker.args else marker.kwargs["name"]
    return item.nodeid.removesuffix(f"@{group}")


def pytest_configure(config: pytest.Config) -> None:
    """Record in each process that runs tests, which the controller of xdist does not."""
    if getattr(config.option, "numprocesses", None) and not hasattr(
        config, "workerinput"
    ):
        return
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    output = Path(f"{os.environ[OUTPUT]}.{worker}")
    config.pluginmanager.register(Recorder(output), "keyholder-lines")
