"""What deploy/ and the Dockerfile say of the settings is enough for the site to start with."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from campaign.embedded_postgres import server
from tests.chaos.serving import production

DEPLOY = settings.BASE_DIR / "deploy"
EXAMPLE = DEPLOY / "site.env.example"
START = [sys.executable, "-c", "import campaign.settings"]


def test_the_example_of_a_settings_file_has_every_setting_that_is_needed():
    subprocess.run(START, env={"SITE_SETTINGS": str(EXAMPLE)}, cwd=settings.BASE_DIR, check=True)


def test_the_image_collects_its_files_with_every_setting_that_is_needed():
    instructions = (settings.BASE_DIR / "Dockerfile").read_text().replace("\\\n", "").splitlines()
    words = shlex.split(next(line for line in instructions if "collectstatic" in line))
    environment = dict(
        word.split("=", 1) for word in words if "=" in word and word.partition("=")[0].isupper()
    )
    subprocess.run(START, env=environment, cwd=settings.BASE_DIR, check=True)


def test_only_the_site_reads_the_settings_file():
    """systemd and a shell would take `$`, `&`, `#` and quotes for something else."""
    for path in sorted([*DEPLOY.glob("*.service"), DEPLOY / "manage"]):
        text = path.read_text()
        assert re.search(r'SITE_SETTINGS=("\$\{ETC:-/etc\}|/etc)/care-dont-share\.env', text), path
        assert "EnvironmentFile" not in text, path
        assert ". /etc" not in text, path
    assert "env_file" not in (DEPLOY / "compose.yaml").read_text()


def test_nginx_serves_the_host_of_the_settings(settings):
    settings.SITE_ORIGIN = "https://campaign.example.net"
    filled = call_command("nginx_conf", stdout=StringIO())
    assert set(re.findall(r"server_name (\S+);", filled)) == {"campaign.example.net"}
    assert "ssl_certificate /etc/letsencrypt/live/campaign.example.net/fullchain.pem;" in filled
    assert "pledge.example.org" not in filled
    assert "{{" not in filled


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
            manage(socket, "campaign", "worker", "--once")
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
    # `check` also names the values that are made up for the tests.
    assert done.returncode == 0 or command[0] == "check", done.stderr
    return done.stdout + done.stderr
