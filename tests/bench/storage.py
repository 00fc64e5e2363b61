"""Where a measured Home Assistant keeps its files: nowhere but in memory, or on a disk."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from homeassistant.helpers import storage
from homeassistant.util import json as json_util
from homeassistant.util.json import JsonValueType


@contextmanager
def in_memory() -> Iterator[None]:
    """Let every store work as it does, all but the disk itself."""
    files: dict[str, str | bytes] = {}
    load_json = json_util.load_json

    def write(store: storage.Store[Any], _mode: str, data: str | bytes) -> None:
        files[store.path] = data

    def load(filename: str, default: JsonValueType = None) -> JsonValueType:
        if filename in files:
            return json_util.json_loads(files[filename])
        if Path(filename).parent.name == ".storage":
            return default if default is not None else {}
        return load_json(filename, default)

    with (
        patch.object(storage.Store, "_write_prepared_data", write),
        patch.object(json_util, "load_json", load),
    ):
        yield
