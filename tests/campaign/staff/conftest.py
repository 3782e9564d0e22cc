import pytest

from campaign.staff import devices


@pytest.fixture(autouse=True)
def quick_recovery_codes(monkeypatch):
    """Ten recovery codes take seconds to hash; here they are hashed as quickly as passwords are in tests."""
    monkeypatch.setattr(devices, "SCRYPT", {**devices.SCRYPT, "n": 2})
