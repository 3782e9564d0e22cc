"""A backup of one server, restored into an empty one; `make backup-drill` does it with a million signatures."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyrage
import pytest
from django.conf import settings

pytestmark = [pytest.mark.chaos, pytest.mark.xdist_group("drill")]
COUNT = os.environ.get("DRILL_SIGNATURES", "2000")


class Drill:
    def __init__(self, parent: Path) -> None:
        self.parent, self.backups, self.key = parent, parent / "backups", parent / "key"
        identity = pyrage.x25519.Identity.generate()
        self.key.write_text(str(identity))
        self.environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME", "POSTGRES_FROM") if name in os.environ},
            "DEBUG": "true",
            "DJANGO_SETTINGS_MODULE": "campaign.settings",
            "BACKUP_FOLDER": str(self.backups),
            "BACKUP_PUBLIC_KEYS": str(identity.to_public()),
        }

    def run(self, server: str, *command: str) -> str:
        """Runs one command on the site of this server, says how long it took, and returns what it said."""
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, *command],
            env={**self.environment, "POSTGRES_FOLDER": str(self.parent / server)},
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
            check=False,
        )
        print(f"  {time.monotonic() - began:6.1f} s  {' '.join(command[1:])[:100]}", flush=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def step(self, server: str, call: str) -> str:
        return self.run(server, "manage.py", "shell", "-v0", "-c", f"from tests.chaos import drill; drill.{call}")


@pytest.fixture
def drill():
    with tempfile.TemporaryDirectory(prefix="cds-drill-", dir="/var/tmp") as parent:
        os.chmod(parent, 0o755)
        yield Drill(Path(parent))


def test_a_backup_restored_into_an_empty_server_is_the_site_without_what_left_it(drill):
    print(f"\nThe backup drill, with {int(COUNT):,} signatures:")
    drill.step("first", f"fill({COUNT})")
    drill.run("first", "manage.py", "backup")
    drill.step("first", "leave()")
    drill.run("first", "manage.py", "backup", "--only-list")
    [backup] = drill.backups.glob("*.age")
    said = drill.run("second", "manage.py", "restore", str(backup), "--identity", str(drill.key))
    print(said)
    assert "1 public names, 1 signatures, 1 organisations, 1 names" in said
    assert json.loads(drill.step("second", "look()").splitlines()[-1]) == {
        "waiting emails": 0,
        "public": [],
        "signed in": 200,
        "signatures more": 1,
    }
