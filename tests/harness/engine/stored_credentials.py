"""Whose credentials the tests of the stores keep, and since when."""

from datetime import UTC, datetime

from custom_components.keyholder.model.credential import CredentialRef

ANN = CredentialRef("person-Ann")
BOB = CredentialRef("person-Bob")
NOW = datetime(2026, 11, 21, 12, 30, 1, 234567, tzinfo=UTC)
