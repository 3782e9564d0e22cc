import pytest

from campaign.staff import devices


@pytest.fixture(autouse=True)
def quick_recovery_codes(monkeypatch):
    """Hashes recovery codes as fast as passwords are hashed in tests; ten of them would take seconds."""
    monkeypatch.setattr(devices, "SCRYPT", {**devices.SCRYPT, "n": 2})
