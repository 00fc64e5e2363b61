"""Whether everything that a dialog shows has words, and whether the words can be filled."""

from collections.abc import Iterable, Mapping
from functools import cache
import json
from pathlib import Path
import re
from typing import Any

from homeassistant.config_entries import ConfigFlowResult, SubentryFlowResult
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import config_validation as cv
import probatio

import custom_components.keyholder

_PLACEHOLDER = re.compile(r"{(\w+)}")


def check_texts(result: SubentryFlowResult | ConfigFlowResult) -> None:
    """Fail if a part of the result has no words in English."""
    words = _words(result)
    given = dict(result.get("description_placeholders") or {})
    match result["type"]:
        case FlowResultType.FORM:
            step = words["step"][result["step_id"]]
            _check(step, given)
            _check_fields(step, _fields(result))
            for error in (result["errors"] or {}).values():
                _check(words["error"][error], given)
        case FlowResultType.MENU:
            step = words["step"][result["step_id"]]
            _check(step, given)
            assert set(step["menu_options"]) == set(_menu_options(result))
        case FlowResultType.SHOW_PROGRESS:
            _check(words["progress"][result["progress_action"]], given)
        case FlowResultType.ABORT if "translation_domain" not in result:
            _check(words["abort"][result["reason"]], given)


@cache
def translations() -> Mapping[str, Any]:
    """Return the English translation."""
    package = custom_components.keyholder.__file__
    assert package is not None
    path = Path(package).parent / "translations" / "en.json"
    words: Mapping[str, Any] = json.loads(path.read_text())
    return words


def _words(result: SubentryFlowResult | ConfigFlowResult) -> Mapping[str, Any]:
    handler: str | tuple[str, str] = result["handler"]
    words: Mapping[str, Any] = (
        translations()["config"]
        if isinstance(handler, str)
        else translations()["config_subentries"][handler[1]]
    )
    return words


def _check(words: object, given: Mapping[str, str]) -> None:
    assert set(_PLACEHOLDER.findall(json.dumps(words))) <= given.keys()


def _check_fields(
    words: Mapping[str, Any], fields: Iterable[Mapping[str, Any]]
) -> None:
    """Fail if a field, or one in a section, has no name or no description."""
    for field in fields:
        name = field["name"]
        if field.get("type") == "expandable":
            part = words["sections"][name]
            assert {"name", "description"} <= set(part)
            _check_fields(part, field["schema"])
        else:
            assert name in words["data"]
            assert name in words["data_description"]


def _fields(form: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the fields as the browser gets them."""
    fields = probatio.to_field_list(
        form["data_schema"], custom_serializer=cv.custom_serializer
    )
    assert isinstance(fields, list)
    return fields


def _menu_options(result: Mapping[str, Any]) -> Iterable[str]:
    options: Iterable[str] = result["menu_options"]
    return options
