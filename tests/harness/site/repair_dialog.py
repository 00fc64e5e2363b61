"""Issues, and their dialogs as a user goes through them."""

import asyncio
import json
import re
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component

from custom_components.keyholder.const import DOMAIN
from tests.harness.site.expected_texts import translations
from tests.harness.waiting import PATIENCE, wait_for


def issues(hass: HomeAssistant) -> list[ir.IssueEntry]:
    """Return what waits for a person, each checked to have words for all it shows."""
    found = [
        issue
        for (domain, _), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN and issue.active
    ]
    for issue in found:
        words = translations()["issues"][issue.translation_key]
        assert issue.is_fixable == ("fix_flow" in words)
        _check(words, issue)
    return found


def kinds(hass: HomeAssistant) -> list[str]:
    """Return the kinds of all issues."""
    return sorted(str(issue.translation_key) for issue in issues(hass))


async def only_issue(hass: HomeAssistant, kind: str) -> ir.IssueEntry:
    """Return the one issue there is, once it is there."""
    await wait_for(lambda: kinds(hass) == [kind])
    return issues(hass)[0]


async def no_issues(hass: HomeAssistant) -> None:
    """Return once nothing waits for a person."""
    await wait_for(lambda: not issues(hass))
    await hass.async_block_till_done()
    assert not issues(hass)


class RepairDialog:
    """The dialog of one issue."""

    def __init__(self, hass: HomeAssistant, issue: ir.IssueEntry) -> None:
        """Prepare to fix an issue."""
        self._hass = hass
        self._issue = issue
        self._words = translations()["issues"][issue.translation_key]["fix_flow"]
        self.result: dict[str, Any] = {}
        self.progress: dict[str, Any] | None = None
        """The last progress that was shown before the result."""

    async def open(self) -> RepairDialog:
        """Open the dialog."""
        assert await async_setup_component(self._hass, "repairs", {})
        self._manager = self._hass.data["repairs"]["flow_manager"]
        context = {"issue_id": self._issue.issue_id}
        await self._take(await self._manager.async_init(DOMAIN, context=context))
        return self

    async def choose(self, way: str) -> RepairDialog:
        """Choose from the menu."""
        assert self.result["type"] is FlowResultType.MENU
        await self._configure({"next_step_id": way})
        assert self.result["step_id"] == way
        return self

    async def submit(self, **values: Any) -> RepairDialog:
        """Submit the form."""
        assert self.result["type"] is FlowResultType.FORM
        await self._configure(values)
        return self

    @property
    def ways(self) -> list[str]:
        """Return what can be chosen."""
        if self.result["type"] is FlowResultType.MENU:
            return list(self.result["menu_options"])
        return [self.result["step_id"]]

    @property
    def is_done(self) -> bool:
        """Return whether the dialog has ended as fixed."""
        return self.result["type"] is FlowResultType.CREATE_ENTRY

    @property
    def abort_reason(self) -> str | None:
        """Return why the dialog has ended without a fix."""
        return self.result.get("reason")

    @property
    def suggested(self) -> dict[str, Any]:
        """Return the fields of the form and what they are filled in with."""
        return {
            str(field): (field.description or {}).get("suggested_value")
            for field in self.result["data_schema"].schema
        }

    @property
    def error(self) -> str | None:
        """Return what the form says went wrong."""
        return (self.result.get("errors") or {}).get("base")

    async def _configure(self, user_input: dict[str, Any]) -> None:
        flow_id = self.result["flow_id"]
        result = await self._manager.async_configure(flow_id, user_input)
        async with asyncio.timeout(PATIENCE):
            while result["type"] is FlowResultType.SHOW_PROGRESS:
                self.progress = result
                _check(self._words["progress"][result["progress_action"]], self._issue)
                # as the browser does when it is told that the progress has changed
                await asyncio.sleep(0.01)
                result = await self._manager.async_configure(flow_id)
        await self._take(result)

    async def _take(self, result: dict[str, Any]) -> None:
        self.result = result
        match result["type"]:
            case FlowResultType.MENU:
                step = self._words["step"][result["step_id"]]
                assert set(step["menu_options"]) >= set(result["menu_options"])
                _check(step, self._issue)
            case FlowResultType.FORM:
                given = result["description_placeholders"]
                assert (self._issue.translation_placeholders or {}).items() <= (
                    given.items()
                )
                step = self._words["step"][result["step_id"]]
                fields = {str(field) for field in result["data_schema"].schema}
                assert set(step.get("data", {})) == fields
                assert set(step.get("data_description", {})) == fields
                if self.error is not None:
                    error = self._words["error"][self.error]
                    assert set(re.findall(r"{(\w+)}", error)) <= given.keys()
            case FlowResultType.ABORT:
                assert result["reason"] in self._words["abort"]


def _check(words: object, issue: ir.IssueEntry) -> None:
    """Fail if the words ask for something that the issue does not give.

    An error of a form may ask for more; it is checked when it is shown.
    """
    if isinstance(words, dict) and "fix_flow" in words:
        words = {**words, "fix_flow": words["fix_flow"]["step"]}
    wanted = set(re.findall(r"{(\w+)}", json.dumps(words)))
    assert wanted <= (issue.translation_placeholders or {}).keys()
