"""Whose doing it was: certain, or nobody's."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from custom_components.keyholder.logic.attribution import attribute_event
from custom_components.keyholder.model.access import AccessType
from custom_components.keyholder.model.credential import CredentialRef
from custom_components.keyholder.model.lock_events import (
    AccessDenied,
    Action,
    LockOperated,
    Method,
)
from custom_components.keyholder.model.slot import (
    DesiredState,
    Origin,
    SlotRecord,
    Target,
)

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
ANNS = SlotRecord(
    slot=3,
    credential=CredentialRef("person-Ann"),
    person_name="Ann",
    target=Target(DesiredState.PRESENT, 1),
)
KEYPAD = LockOperated(Action.UNLOCK, Method.KEYPAD, 3, AT)


@pytest.mark.parametrize(
    ("event", "kind", "slot", "name"),
    [
        (KEYPAD, AccessType.UNLOCKED, 3, "Ann"),
        (replace(KEYPAD, action=Action.LOCK), AccessType.LOCKED, 3, "Ann"),
        (replace(KEYPAD, slot=None), AccessType.UNLOCKED, None, None),
        (replace(KEYPAD, slot=0), AccessType.UNLOCKED, None, None),
        (replace(KEYPAD, slot=4), AccessType.UNLOCKED, 4, None),
        *(
            (replace(KEYPAD, method=method), AccessType.UNLOCKED, None, None)
            for method in Method
            if method is not Method.KEYPAD
        ),
        (AccessDenied(AT), AccessType.DENIED, None, None),
        (AccessDenied(AT, 0), AccessType.DENIED, None, None),
        (AccessDenied(AT, 3), AccessType.DENIED, 3, "Ann"),
        (AccessDenied(AT, 4), AccessType.DENIED, 4, None),
    ],
)
def test_who_is_named(
    event: LockOperated | AccessDenied,
    kind: AccessType,
    slot: int | None,
    name: str | None,
) -> None:
    published = attribute_event(event, "front", {3: ANNS})
    assert (published.lock, published.type, published.at) == ("front", kind, AT)
    assert (published.slot, published.name) == (slot, name)
    assert published.person == (None if name is None else "person-Ann")
    assert published.method is (
        event.method if isinstance(event, LockOperated) else None
    )


@pytest.mark.parametrize(
    "command",
    [
        {"origin": Origin.UNMANAGED},
        {"origin": Origin.UNCONFIRMED},
        {"changed_externally": True},
    ],
)
def test_nobody_is_named_where_the_code_may_be_another_one(
    command: dict[str, Any],
) -> None:
    published = attribute_event(KEYPAD, "front", {3: replace(ANNS, **command)})
    assert (published.slot, published.person, published.name) == (3, None, None)
