"""What deploy/ and the Dockerfile say of the settings is enough for the site to start with."""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from django.conf import settings

from campaign.embedded_postgres import server
from tests.chaos.serving import production


def assignments(text: str) -> list[str]:
    words = shlex.split(text, comments=True)
    return [word for word in words if word.partition("=")[0].isupper() and "=" in word]


def collecting() -> str:
    """The Dockerfile's instruction that collects the static files."""
    instructions = (settings.BASE_DIR / "Dockerfile").read_text().replace("\\\n", "").splitlines()
    return next(line for line in instructions if "collectstatic" in line)


def example() -> str:
    return (settings.BASE_DIR / "deploy" / "site.env.example").read_text()


@pytest.mark.parametrize("given", [collecting, example])
def test_no_setting_is_forgotten(given):
    environment = dict(assignment.split("=", 1) for assignment in assignments(given()))
    start = [sys.executable, "-c", "import campaign.settings"]
    subprocess.run(start, env=environment, cwd=settings.BASE_DIR, check=True)


@pytest.mark.chaos
@pytest.mark.skipif(
    not shutil.which("psql"), reason="no psql found: install Debian's package postgresql-client"
)
def test_the_roles_script_makes_an_owner_and_a_role_that_may_little(tmp_path):
    with tempfile.TemporaryDirectory(prefix="cds-") as parent:
        os.chmod(parent, 0o755)
        embedded = server.Server(Path(parent) / "postgres", ["-c", "fsync=off"])
        socket = str(embedded.join())
        try:
            for _ in range(2):
                subprocess.run(
                    ["deploy/roles"], env={**os.environ, "PGHOST": socket}, cwd=settings.BASE_DIR, check=True
                )
            manage(socket, "campaign_owner", "migrate", "--verbosity=0")
            assert "campaign.W004" in manage(
                socket, "campaign_owner", "check", "--deploy", "--database=default"
            )
            assert "campaign.W004" not in manage(
                socket, "campaign", "check", "--deploy", "--database=default"
            )
            assert "Forgot: nothing" in manage(socket, "campaign", "forget")
        finally:
            embedded.leave()


def manage(socket: str, role: str, *command: str) -> str:
    url = f"postgres://{role}@/{socket}/campaign"
    environment = production(DATABASE_URL=url, DATABASE_ROLE="campaign")
    del environment["DJANGO_ALLOW_ASYNC_UNSAFE"]  # the suite's own
    run = [sys.executable, "manage.py", *command]
    done = subprocess.run(
        run, env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr
