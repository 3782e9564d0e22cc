"""Sets production's settings with two key holders, and a database of its own that waits for the disk."""

import os

import pyrage

from tests import environment

assert environment  # noqa: S101 - imported for what it sets
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "campaign.settings",
    "CAMPAIGN_PUBLIC_KEYS": ",".join(str(pyrage.x25519.Identity.generate().to_public()) for _ in range(2)),
    "POSTGRES_FOLDER": "var/postgres-bench",
    "POSTGRES_OPTIONS": "",  # those of the tests do not wait for the disk
}
