"""The settings in deploy/ and the Dockerfile are enough for the site to start."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from io import StringIO
from pathlib import Path

import pyrage
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
    environment = dict(word.split("=", 1) for word in words if "=" in word and word.partition("=")[0].isupper())
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


def test_every_setting_named_in_deploy_is_in_the_readme():
    found = set(re.findall(r"^(?:# )?([A-Z_]+)=", EXAMPLE.read_text(), re.MULTILINE))
    found |= set(re.findall(r"^ +([A-Z_]+): ", (DEPLOY / "compose.yaml").read_text(), re.MULTILINE))
    found |= set(re.findall(r"{ name: ([A-Z_]+),", (DEPLOY / "kubernetes/site.yaml").read_text()))
    found -= {"POSTGRES_PASSWORD_FILE", "OWNER_PASSWORD_FILE"}  # of PostgreSQL's image, and of deploy/roles
    readme = (settings.BASE_DIR / "README.md").read_text()
    assert {"DATABASE_URL", "DATABASE_PASSWORD_FILE", "SECRET_KEY"} <= found
    assert {name for name in found if f"`{name.removesuffix('_FILE')}`" not in readme} == set()


def test_containers_take_every_image_by_the_digest_that_was_pinned():
    pinned = dict(re.findall(r"pin ([A-Z]+_IMAGE) (\S+)\n", (DEPLOY / "pin-images").read_text()))
    compose = (DEPLOY / "compose.yaml").read_text()
    images = set(re.findall(r"^ +image: (.*)$", compose, re.MULTILINE)) - {"care-dont-share"}
    required = "${%s:?Run deploy/pin-images first.}"
    assert images == {required % "POSTGRES_IMAGE", required % "NGINX_IMAGE"}
    assert f'args: {{ PYTHON_IMAGE: "{required % "PYTHON_IMAGE"}" }}' in compose
    dockerfile = (settings.BASE_DIR / "Dockerfile").read_text()
    assert f"ARG PYTHON_IMAGE={pinned['PYTHON_IMAGE']}\nFROM $PYTHON_IMAGE\n" in dockerfile
    assert set(pinned) == {"PYTHON_IMAGE", "POSTGRES_IMAGE", "NGINX_IMAGE"}


@pytest.fixture
def pin_images(tmp_path):
    """Runs a copy of deploy/pin-images with a `docker` that says this of each image; returns what it wrote."""
    shutil.copy(DEPLOY / "pin-images", tmp_path)
    docker = tmp_path / "docker"
    docker.write_text('#!/bin/sh\n[ "$1" = pull ] || echo "$SAID"\n')
    docker.chmod(0o755)

    def run(said):
        given = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "SAID": said}
        done = subprocess.run([tmp_path / "pin-images"], env=given, capture_output=True, text=True, check=False)
        written = tmp_path / ".env"
        return done, written.read_text() if written.exists() else ""

    return run


def test_the_images_that_were_pulled_are_written_down(pin_images):
    _done, written = pin_images("nginx@sha256:0123")
    assert "POSTGRES_IMAGE=postgres:17@sha256:0123\n" in written


def test_an_image_without_a_digest_changes_nothing(pin_images):
    pin_images("nginx@sha256:0123")
    done, written = pin_images("")
    assert (done.returncode, written.count("sha256:0123")) == (1, 3)
    assert "python:3.11-slim has no digest" in done.stderr


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_systemd_finds_no_fault_in_the_units():
    units = [str(path) for kind in ("service", "timer") for path in sorted(DEPLOY.glob(f"*.{kind}"))]
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    said = [line for line in done.stderr.splitlines() if "is not executable: No such file" not in line]
    assert (len(units), said) == (8, [])


@pytest.mark.parametrize("name", ["web", "worker"])
def test_systemd_starts_web_and_worker_again_however_often_they_fail(name):
    lines = (DEPLOY / f"care-dont-share-{name}.service").read_text().splitlines()
    assert {"Restart=on-failure", "RestartSec=2", "StartLimitIntervalSec=0"} <= set(lines)


@pytest.mark.parametrize("unit", sorted(DEPLOY.glob("*.service")), ids=lambda path: path.stem)
def test_no_service_may_more_than_it_needs(unit):
    confined = {
        *("User=campaign", "NoNewPrivileges=yes", "CapabilityBoundingSet=", "LimitCORE=0", "UMask=0077"),
        *("SystemCallFilter=@system-service", "SystemCallFilter=~@privileged", "SystemCallArchitectures=native"),
        *("ProtectSystem=strict", "ProtectHome=yes", "PrivateDevices=yes", "ProtectProc=invisible"),
        *("ProtectKernelModules=yes", "ProtectKernelTunables=yes", "ProtectKernelLogs=yes", "ProtectClock=yes"),
        *("ProtectControlGroups=yes", "ProtectHostname=yes", "RestrictNamespaces=yes", "LockPersonality=yes"),
        *("RestrictSUIDSGID=yes", "RestrictRealtime=yes", "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX"),
    }
    assert confined - set(unit.read_text().splitlines()) == set()


@pytest.fixture(scope="module")
def socket():
    """The folder of the socket of a PostgreSQL in which deploy/roles was run, twice, and the tables were made."""
    if not shutil.which("psql"):
        pytest.skip("no psql found: install Debian's package postgresql-client")
    with tempfile.TemporaryDirectory(prefix="cds-") as parent:
        os.chmod(parent, 0o755)
        embedded = server.Server(Path(parent) / "postgres", ["-c", "fsync=off"])
        socket = str(embedded.join())
        for _ in range(2):
            given = {**os.environ, "PGHOST": socket}
            subprocess.run(["deploy/roles"], env=given, cwd=settings.BASE_DIR, check=True)
        manage(socket, "campaign_owner", "migrate", "--verbosity=0")
        yield socket
        embedded.leave()


@pytest.mark.chaos
@pytest.mark.xdist_group("roles")
def test_deploy_roles_creates_an_owner_and_a_restricted_role(socket):
    check = ("check", "--deploy", "--database=default")
    assert "campaign.W004" in manage(socket, "campaign_owner", *check)
    assert "campaign.W004" not in manage(socket, "campaign", *check)
    manage(socket, "campaign", "worker", "--once")


@pytest.mark.chaos
@pytest.mark.xdist_group("roles")
def test_the_owner_restores_what_the_role_of_the_web_server_backed_up(socket, tmp_path):
    """Neither is a superuser."""
    identity = pyrage.x25519.Identity.generate()
    (tmp_path / "key").write_text(str(identity))
    given = {"BACKUP_FOLDER": str(tmp_path / "backups"), "BACKUP_PUBLIC_KEYS": str(identity.to_public())}
    manage(socket, "campaign", "backup", **given)
    [backup] = (tmp_path / "backups").glob("*.age")
    options = ["--identity", str(tmp_path / "key"), "--replace"]
    assert "Restored in" in manage(socket, "campaign_owner", "restore", str(backup), *options)
    manage(socket, "campaign", "worker", "--once")


def manage(socket: str, role: str, *command: str, **given: str) -> str:
    url = f"postgres://{role}@/{socket}/campaign"
    environment = production(DATABASE_URL=url, DATABASE_ROLE="campaign", **given)
    del environment["DJANGO_ALLOW_ASYNC_UNSAFE"]  # the suite's own
    run = [sys.executable, "manage.py", *command]
    done = subprocess.run(run, env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)
    # `check` also names the values that are made up for the tests.
    assert done.returncode == 0 or command[0] == "check", done.stderr
    return done.stdout + done.stderr
