"""What deploy/ and the Dockerfile say of the settings is enough for the site to start with."""

import re
import shlex
import subprocess
import sys
from io import StringIO

from django.conf import settings
from django.core.management import call_command

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
        assert "SITE_SETTINGS=/etc/care-dont-share.env" in text, path
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
