"""deploy/upgrade brings a running site to its next version while people sign and read through nginx.

The script does all its steps for real: packages, checks, a migration, static files, a trial, the switch. Only what
needs a whole server stands in (STAND_INS): systemctl sends the signals of the units to this test's web server. `make
chaos` sends 5,000 requests, 50 a second (CHAOS_PEOPLE, CHAOS_RATE).
"""

import os
import shutil
import signal
import subprocess
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException, HTTPSConnection
from types import SimpleNamespace

import pyrage
import pytest
from django.conf import settings as site_settings

from tests.chaos.serving import report
from tests.chaos.test_killing import rows
from tests.chaos.test_nginx import Proxy, free_port
from tests.chaos.test_outages import FORM, database, form  # noqa: F401 - a fixture

pytestmark = [pytest.mark.chaos, pytest.mark.nginx, pytest.mark.xdist_group("outages")]
REQUESTS = int(os.environ.get("CHAOS_PEOPLE", "40"))
RATE = int(os.environ.get("CHAOS_RATE", "10"))
NAME = "pledge.care-dont-share.test"
STAND_INS = {
    "id": "echo 0",
    "runuser": 'shift 3; exec "$@"',
    "nginx": "exit 0",
    "systemctl": """
        echo "$*" >>"$HERE/systemctl"
        case "$*" in
        show*) cat "$HERE/web.pid" ;;
        reload*web) kill -HUP "$(cat "$HERE/web.pid")" ;;
        esac
    """,
}
MIGRATION = """
from django.db import migrations
class Migration(migrations.Migration):
    dependencies = [("campaign", "{before}"), ("pledges", "0003_first_pledge_text")]
    operations = [migrations.RunSQL("ALTER TABLE pledges_pendingsignature ADD COLUMN {name} int{fault}")]
"""


def git(folder, *command):
    names = ["-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *names, *command], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def make_versions(origin):
    """A repository of the site as it is here, with two later versions: a good one, and one whose migration fails."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=site_settings.BASE_DIR, check=True, capture_output=True
    )
    for name in listed.stdout.decode().splitlines():
        if (site_settings.BASE_DIR / name).is_file():
            (origin / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(site_settings.BASE_DIR / name, origin / name)
    git(origin, "init", "--quiet", "--initial-branch=main")
    migrations, health = origin / "campaign/migrations", next(origin.glob("campaign/**/health.py"))
    newest = sorted(path.stem for path in migrations.glob("0*.py"))[-1]
    later = [("next", newest, ""), ("broken", "9001_next", "; SELECT 1 / 0")]
    commit(origin, "now")
    for number, (name, before, fault) in enumerate(later, 9001):
        text = MIGRATION.format(before=before, name=name, fault=fault)
        (migrations / f"{number}_{name}.py").write_text(text)
        health.write_text(health.read_text().replace('"ok"', '"ok, next"'))
        commit(origin, name)


def commit(origin, tag):
    git(origin, "add", "--all")
    git(origin, "commit", "--quiet", "--message", tag)
    git(origin, "tag", tag)


@pytest.fixture
def server(database, settings, tmp_path):  # noqa: F811
    """A server as deploy/install leaves it: the site's folder, its settings, a running web server behind nginx."""
    settings.SITE_ORIGIN = f"https://{NAME}"
    here = SimpleNamespace(path=tmp_path, site=tmp_path / "site", port=free_port())
    for folder in ("origin", "etc/systemd/system", "etc/nginx/sites-available", "bin", "nginx"):
        (tmp_path / folder).mkdir(parents=True)
    make_versions(tmp_path / "origin")
    git(tmp_path, "clone", "--quiet", "origin", "site")
    git(here.site, "checkout", "--quiet", "--detach", "now")
    for name, script in STAND_INS.items():
        (tmp_path / "bin" / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "bin" / name).chmod(0o755)
    make_environment(here.site)
    (tmp_path / "etc/care-dont-share.env").write_text(settings_file(here.port, database[1]))
    here.given = {
        "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "HERE": str(tmp_path),
        "ETC": str(tmp_path / "etc"),
        "TRIAL_PORT": str(free_port()),
    }
    subprocess.run(["deploy/manage", "collectstatic", "--no-input", "-v0"], cwd=here.site, env=here.given, check=True)
    web = start_web(here)
    here.proxy = Proxy(tmp_path / "nginx", here.port, NAME)
    wait_until_ready(here)
    yield here
    here.proxy.end()
    web.send_signal(signal.SIGTERM)
    web.wait()


def start_web(here) -> subprocess.Popen:
    """Starts the web server, as its unit does, and writes its process id to `web.pid` for the stand-in of systemctl."""
    with (here.path / "web.log").open("wb") as log:
        web = subprocess.Popen(
            [".venv/bin/gunicorn", "-c", "python:campaign.gunicorn_config"],
            cwd=here.site,
            env={"PATH": here.given["PATH"], "SITE_SETTINGS": str(here.path / "etc/care-dont-share.env")},
            stdout=log,
            stderr=log,
        )
    (here.path / "web.pid").write_text(str(web.pid))
    return web


def make_environment(site):
    """A virtual environment of its own, with this one's packages: the upgrade writes down what is installed in it."""
    ours = site_settings.BASE_DIR / ".venv"
    (site / ".venv").mkdir()
    for name in ("bin", "lib"):
        (site / ".venv" / name).symlink_to((ours / name).resolve())
    shutil.copy(ours / "pyvenv.cfg", site / ".venv")
    shutil.copy(site / "requirements.txt", site / ".venv/installed.txt")


def settings_file(port, url):
    key = pyrage.x25519.Identity.generate().to_public()
    return f"""SITE_ORIGIN=https://{NAME}
ALLOWED_HOSTS={NAME}
TRUSTED_PROXIES=1
SECRET_KEY={os.environ["SECRET_KEY"]}
DIGEST_KEYS={os.environ["DIGEST_KEYS"]}
CAMPAIGN_PUBLIC_KEYS={key}
DATABASE_URL={url}
EMAIL_URL=smtp://localhost:25
DEFAULT_FROM_EMAIL=pledge@care-dont-share.test
CONTROLLER_EMAIL=privacy@care-dont-share.test
PROCESSORS=A Hosting Company: runs the server
PORT={port}
"""


def ask(proxy, name, number):
    """Sends one request (a sign form, a page or a health check), each from another client; returns its status."""
    client = f"127.{10 + number // 60000}.{number // 240 % 250}.{1 + number % 240}"
    path = ("/pledge/", "/pledge/numbers/", "/readyz")[number % 3]
    method, body = ("POST", form(f"upgrade{number}@example.org")) if path == "/pledge/" else ("GET", None)
    connection = HTTPSConnection(name, timeout=60)
    try:
        connection.sock = proxy.connect(name, client)
        connection.request(method, path, body, {"Content-Type": FORM})
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, HTTPException) as error:
        return type(error).__name__, b""
    finally:
        connection.close()


def wait_until_ready(server):
    deadline = time.monotonic() + 60
    while ask(server.proxy, NAME, 2)[0] != 200:
        assert time.monotonic() < deadline, (server.path / "web.log").read_text()
        time.sleep(0.2)


def send_requests(server, ended, answers):
    """Sends RATE requests a second until the upgrade has ended, and at least REQUESTS."""
    with ThreadPoolExecutor(64) as pool:
        running, began = [], time.monotonic()
        while not ended.is_set() or len(running) < REQUESTS:
            running.append(pool.submit(ask, server.proxy, NAME, len(running)))
            time.sleep(max(0.0, began + len(running) / RATE - time.monotonic()))
        answers.update(one.result()[0] for one in running)


def upgrade(server, version):
    return subprocess.run(
        ["deploy/upgrade", version], cwd=server.site, env=server.given, capture_output=True, text=True, check=False
    )


def test_an_upgrade_with_a_migration_fails_no_request(server):
    ended, answers = threading.Event(), Counter()
    visitors = threading.Thread(target=send_requests, args=(server, ended, answers))
    visitors.start()
    time.sleep(1)
    done = upgrade(server, "next")
    ended.set()
    visitors.join()
    failed = sum(count for status, count in answers.items() if status not in (200, 303))
    report(f"An upgrade with a migration: {failed} of {answers.total()} requests failed")
    assert done.returncode == 0, done.stdout + done.stderr
    assert failed == 0, answers
    assert {ask(server.proxy, NAME, 2)[1] for _ in range(8)} == {b"ok, next"}
    assert git(server.site, "rev-parse", "HEAD") == git(server.site, "rev-parse", "next")
    assert "restart care-dont-share-worker" in (server.path / "systemctl").read_text()
    assert f"server_name {NAME};" in (server.path / "etc/nginx/sites-available/care-dont-share").read_text()


def test_after_a_migration_that_fails_the_site_runs_on_as_it_was(server, database):  # noqa: F811
    done = upgrade(server, "broken")
    assert done.returncode == 1
    assert "A migration failed: division by zero" in done.stderr
    assert done.stderr.endswith("The new version was not started; the site runs on as it was.\n")
    assert git(server.site, "rev-parse", "HEAD") == git(server.site, "rev-parse", "now")
    assert {ask(server.proxy, NAME, 2)[1] for _ in range(8)} == {b"ok"}
    columns = rows(database, "SELECT column_name FROM information_schema.columns")
    assert ("broken",) not in columns
