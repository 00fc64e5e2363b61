"""Authentication: onboarding of the first user, later logins, access tokens."""

from dataclasses import dataclass, field
import time
from typing import Any

from aiohttp import ClientSession

from .errors import AnswerError, RequestError

_RENEW_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Account:
    """A user of the scripted Home Assistant."""

    username: str
    password: str = field(repr=False)
    name: str = "Owner"


class Access:
    """An access token that renews itself: Home Assistant's last half an hour."""

    def __init__(self, session: ClientSession, base_url: str) -> None:
        self._session = session
        self._base_url = base_url
        self._client_id = f"{base_url}/"
        self._token = ""
        self._refresh_token = ""
        self._renew_at = 0.0

    async def onboard(self, account: Account) -> None:
        """Make the first user, the owner, and sign in as them."""
        answer = await self._post(
            "/api/onboarding/users",
            json={
                "client_id": self._client_id,
                "name": account.name,
                "username": account.username,
                "password": account.password,
                "language": "en",
            },
        )
        await self._exchange(answer["auth_code"])

    async def log_in(self, account: Account) -> None:
        """Sign in as a user that there is.

        Raises:
            AnswerError: Home Assistant does not know them so.
        """
        flow = await self._post(
            "/auth/login_flow",
            json={
                "client_id": self._client_id,
                "handler": ["homeassistant", None],
                "redirect_uri": self._client_id,
            },
        )
        answer = await self._post(
            f"/auth/login_flow/{flow['flow_id']}",
            json={
                "client_id": self._client_id,
                "username": account.username,
                "password": account.password,
            },
        )
        if answer["type"] != "create_entry":
            raise AnswerError(f"login refused: {answer.get('errors')}")
        await self._exchange(answer["result"])

    async def token(self) -> str:
        """Return a token that is good for the next two minutes at least."""
        if time.monotonic() >= self._renew_at:
            await self._take_token(
                {"grant_type": "refresh_token", "refresh_token": self._refresh_token}
            )
        return self._token

    async def _exchange(self, code: str) -> None:
        tokens = await self._take_token(
            {"grant_type": "authorization_code", "code": code}
        )
        self._refresh_token = tokens["refresh_token"]

    async def _take_token(self, form: dict[str, str]) -> dict[str, Any]:
        answer = await self._post(
            "/auth/token", data={"client_id": self._client_id, **form}
        )
        self._token = answer["access_token"]
        self._renew_at = time.monotonic() + answer["expires_in"] - _RENEW_SECONDS
        return answer

    async def _post(self, path: str, **body: Any) -> dict[str, Any]:
        async with self._session.post(f"{self._base_url}{path}", **body) as response:
            if not response.ok:
                raise RequestError(response.status, await response.text())
            answer: dict[str, Any] = await response.json()
            return answer
