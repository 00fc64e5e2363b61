"""Client of a running Home Assistant, signed in as one user."""

from collections.abc import Callable, Mapping
from typing import Any, Self

from aiohttp import ClientSession

from .auth import Access, Account
from .listeners import Events, State, States
from .rest import Flows, Rest
from .websocket import WebSocket

_ENTRIES = "/api/config/config_entries"


class Client:
    """A signed-in user: HTTP, websocket, and the states as they change.

    `flows`, `options_flows`, `subentry_flows` and `repair_flows` walk through dialogs;
    `received` holds every text that came from Home Assistant, if asked for.
    """

    def __init__(self, session: ClientSession, base_url: str, access: Access) -> None:
        """Use `signed_in`."""
        self.base_url = base_url
        self.access = access
        self.received: list[str] = []
        self._keep_received = False
        self._session = session
        self._websocket: WebSocket
        self._states = States()
        self.rest = Rest(session, base_url, access, self._on_received)
        self.flows = Flows(self.rest, f"{_ENTRIES}/flow")
        self.options_flows = Flows(self.rest, f"{_ENTRIES}/options/flow")
        self.subentry_flows = Flows(self.rest, f"{_ENTRIES}/subentries/flow")
        self.repair_flows = Flows(self.rest, "/api/repairs/issues/fix")

    @classmethod
    async def signed_in(
        cls,
        base_url: str,
        account: Account,
        *,
        new: bool = False,
        keep_received: bool = False,
    ) -> Self:
        """Sign in; a new account is made first, as the owner.

        Raises:
            AnswerError: the account is refused.
        """
        session = ClientSession()
        try:
            access = Access(session, base_url)
            await (access.onboard(account) if new else access.log_in(account))
            client = cls(session, base_url, access)
            client._keep_received = keep_received
            client._websocket = await WebSocket.connect(
                session, base_url, await access.token(), client._on_received
            )
            await client._websocket.subscribe(client._states, "subscribe_entities")
            await client._states.wait_filled()
        except BaseException:
            await session.close()
            raise
        return client

    async def close(self) -> None:
        """Close the connection; pending waits raise ConnectionLost."""
        await self._websocket.close()
        await self._session.close()

    async def __aenter__(self) -> Self:
        """Return the client."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Leave."""
        await self.close()

    def _on_received(self, text: str) -> None:
        if self._keep_received:
            self.received.append(text)

    async def command(self, command: str, **data: Any) -> Any:
        """Return the result of a websocket command."""
        return await self._websocket.command(command, **data)

    async def subscribe(self, command: str, **data: Any) -> Events:
        """Return what a subscribing websocket command brings from now on."""
        events = Events()
        events.unsubscribe = await self._websocket.subscribe(events, command, **data)
        return events

    async def subscribe_events(self, event_type: str | None = None) -> Events:
        """Return the events of the bus from now on."""
        data = {} if event_type is None else {"event_type": event_type}
        return await self.subscribe("subscribe_events", **data)

    async def subscribe_trigger(self, trigger: dict[str, Any]) -> Events:
        """Return what a trigger fires from now on."""
        return await self.subscribe("subscribe_trigger", trigger=trigger)

    def states(self) -> Mapping[str, State]:
        """Return all states by entity id, as last reported."""
        return self._states.all

    def state(self, entity_id: str) -> State:
        """Return an entity's state, as last reported; KeyError if it has none."""
        return self._states.all[entity_id]

    async def wait_for[T](
        self, find: Callable[[Mapping[str, State]], T | None], seconds: float = 10
    ) -> T:
        """Return what is found in the states, once it is neither None nor False.

        Raises:
            TimeoutError: it was not in time.
            ConnectionLost: it will not be.
        """
        return await self._states.wait_for(find, seconds)

    async def wait_for_state(
        self, entity_id: str, state: str, seconds: float = 10
    ) -> State:
        """Return the entity's state once it is this one."""

        def find(states: Mapping[str, State]) -> State | None:
            found = states.get(entity_id)
            return found if found and found.state == state else None

        return await self.wait_for(find, seconds)

    async def call_service(
        self,
        domain: str,
        service: str,
        data: dict[str, Any] | None = None,
        target: dict[str, Any] | None = None,
        *,
        return_response: bool = False,
    ) -> Any:
        """Return the service's response when it is done; None if none was asked for."""
        result = await self.command(
            "call_service",
            domain=domain,
            service=service,
            service_data=data or {},
            return_response=return_response,
            **({"target": target} if target else {}),
        )
        return result.get("response")

    async def entries(self, domain: str) -> list[dict[str, Any]]:
        """Return a domain's config entries."""
        found: list[dict[str, Any]] = await self.rest.get(
            f"{_ENTRIES}/entry", domain=domain
        )
        return found

    async def reload_entry(self, entry_id: str) -> None:
        """Unload a config entry and set it up again."""
        await self.rest.request("POST", f"{_ENTRIES}/entry/{entry_id}/reload")

    async def disable_entry(self, entry_id: str, *, disabled: bool = True) -> None:
        """Disable or enable a config entry."""
        await self.command(
            "config_entries/disable",
            entry_id=entry_id,
            disabled_by="user" if disabled else None,
        )

    async def delete_entry(self, entry_id: str) -> None:
        """Remove a config entry."""
        await self.rest.request("DELETE", f"{_ENTRIES}/entry/{entry_id}")

    async def subentries(self, entry_id: str) -> list[dict[str, Any]]:
        """Return a config entry's subentries."""
        found: list[dict[str, Any]] = await self.command(
            "config_entries/subentries/list", entry_id=entry_id
        )
        return found

    async def start_subentry(
        self, entry_id: str, subentry_type: str, *, subentry_id: str | None = None
    ) -> dict[str, Any]:
        """Return the first step of the flow that adds a subentry, or reconfigures it."""
        more = {} if subentry_id is None else {"subentry_id": subentry_id}
        return await self.subentry_flows.start([entry_id, subentry_type], **more)

    async def delete_subentry(self, entry_id: str, subentry_id: str) -> None:
        """Remove a subentry."""
        await self.command(
            "config_entries/subentries/delete",
            entry_id=entry_id,
            subentry_id=subentry_id,
        )

    async def entities(self) -> list[dict[str, Any]]:
        """Return the entity registry."""
        found: list[dict[str, Any]] = await self.command("config/entity_registry/list")
        return found

    async def devices(self) -> list[dict[str, Any]]:
        """Return the device registry."""
        found: list[dict[str, Any]] = await self.command("config/device_registry/list")
        return found

    async def repairs(self, domain: str) -> list[dict[str, Any]]:
        """Return a domain's open repairs."""
        issues = (await self.command("repairs/list_issues"))["issues"]
        return [issue for issue in issues if issue["domain"] == domain]

    async def start_repair(self, domain: str, issue_id: str) -> dict[str, Any]:
        """Return the first step of a repair's flow."""
        return await self.repair_flows.start(domain, issue_id=issue_id)

    async def diagnostics(self, entry_id: str, device_id: str | None = None) -> Any:
        """Return the diagnostics download of an entry, or of one of its devices."""
        path = f"/api/diagnostics/config_entry/{entry_id}"
        return await self.rest.get(f"{path}/device/{device_id}" if device_id else path)

    async def create_user(self, account: Account, *, admin: bool = False) -> str:
        """Create a user who can sign in; returns their id."""
        group = "system-admin" if admin else "system-users"
        answer = await self.command(
            "config/auth/create", name=account.name, group_ids=[group], local_only=True
        )
        user_id: str = answer["user"]["id"]
        await self.command(
            "config/auth_provider/homeassistant/create",
            user_id=user_id,
            username=account.username,
            password=account.password,
        )
        return user_id
