"""Compares with Wagtail, the CMS that many campaign sites are built with: a page, and a form that is stored.

The project is what `wagtail start` makes, with one form added, on the same PostgreSQL and with as many gunicorn
processes and threads as the site. It renders its welcome page at each request, while ours is in the page cache, and
stores a form without limits, emails or encryption: less work than ours. `make bench` installs Wagtail in an environment
of its own.
"""

import os
import re
import secrets
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

from django.conf import settings
from django.db import connection

from bench import reading, writing
from bench.load import HOST, WRK, Load, load
from bench.shipped import with_static_files
from bench.tables import Goal, Table
from tests.chaos.serving import Gunicorn

PROGRAMS = settings.BASE_DIR / "var" / "wagtail" / "bin"
ROUNDS, SECONDS = 3, 3
QUICK_ROUNDS, QUICK_SECONDS = 2, 1
TITLE = "Beside a Wagtail site, gunicorn alone: requests a second"
SETTINGS = """
from .base import *

SECRET_KEY = "{key}"
ALLOWED_HOSTS = ["*"]
DATABASES = {{
    "default": {{
        "ENGINE": "django.db.backends.postgresql",
        "HOST": "{HOST}",
        "USER": "{USER}",
        "NAME": "{NAME}",
        "CONN_MAX_AGE": None,
        "OPTIONS": {{"options": "-c search_path=wagtail"}},
    }}
}}
"""
FORM_PAGE = """
from modelcluster.fields import ParentalKey
from wagtail.contrib.forms.models import AbstractForm, AbstractFormField


class FormField(AbstractFormField):
    page = ParentalKey("FormPage", on_delete=models.CASCADE, related_name="form_fields")


class FormPage(AbstractForm):
    pass
"""
FORM_TEMPLATE = '<form method="post">{% csrf_token %}{{ form.as_p }}<button>Sign</button></form>'
MAKE_PAGE = """
from home.models import FormPage, HomePage

page = HomePage.objects.get().add_child(instance=FormPage(title="Pledge", slug="pledge"))
for label, kind in (("email", "email"), ("postcode", "singleline"), ("occupation", "singleline")):
    page.form_fields.create(label=label, field_type=kind, required=label == "email")
"""
POST = """
local n = 0
request = function()
  n = n + 1
  return wrk.format("POST", nil, nil,
    "csrfmiddlewaretoken=%s&email=person%s." .. n .. "@example.org&postcode=SW1P+2HR&occupation=Nurse")
end
"""


def measure(quick: bool) -> Table:
    if not (WRK and (PROGRAMS / "wagtail").exists()):
        said = "Not measured: install Debian's wrk, and run `make bench` where packages can be installed."
        return Table(TITLE, ["work"], [], said, [Goal("beside a Wagtail site", "", said, None)])
    reading.fill()
    rounds, seconds = (QUICK_ROUNDS, QUICK_SECONDS) if quick else (ROUNDS, SECONDS)
    with tempfile.TemporaryDirectory() as place, _wagtail(Path(place)) as theirs:
        found = _interleaved(Path(place), theirs, rounds, seconds)
    rows, goals = [], []
    for work, goal in (("page", "home of gunicorn alone"), ("form", "sign")):
        ours, wagtail = found[work], found[f"{work} of Wagtail"]
        errors = sum(one.errors for one in (*ours, *wagtail))
        rates = [median(one.rate for one in some) for some in (ours, wagtail)]
        ratio = median(one.rate / max(other.rate, 1) for one, other in zip(ours, wagtail, strict=True))
        rows.append([work, *(f"{rate:,.0f}" for rate in rates), f"{ratio:.1f}", str(errors)])
        goals.append(Goal(f"{goal}, of a Wagtail site", "≥ 1.0", f"{ratio:.1f}", ratio >= 1 and not errors))
    version = subprocess.run([PROGRAMS / "wagtail", "--version"], check=True, capture_output=True, text=True).stdout
    said = f"Wagtail {version.split()[-1]}: its welcome page, and a form of three fields that it stores in one row."
    return Table(TITLE, ["work", "ours", "Wagtail", "ratio", "errors"], rows, said, goals)


def _interleaved(folder: Path, theirs: str, rounds: int, seconds: int) -> dict[str, list[Load]]:
    site = Gunicorn(folder / "site.log", **with_static_files(folder))
    ours = "http://{}:{}".format(*site.address)
    token = _csrf_token(theirs)
    form = folder / "form.lua"
    found: dict[str, list[Load]] = {}
    try:
        writing.wait_for(site.address)
        for url in (ours, theirs):  # every process renders the page once
            load(f"{url}/", 1, reading.HTTPS)
        for n in range(rounds):
            form.write_text(POST % (token, n))
            for work, one in [
                ("page", load(ours + "/", seconds, reading.HTTPS)),
                ("page of Wagtail", load(theirs + "/", seconds)),
                ("form", writing.posts(folder, ours + "/pledge/", seconds, writing.SIGN % n)),
                ("form of Wagtail", _form_load(theirs, seconds, token, form)),
            ]:
                found.setdefault(work, []).append(one)
    finally:
        site.end()
    return found


def _form_load(theirs: str, seconds: int, token: str, script: Path) -> Load:
    form = "Content-Type: application/x-www-form-urlencoded"
    return load(f"{theirs}/pledge/", seconds, form, f"Cookie: csrftoken={token}", script=script)


def _csrf_token(theirs: str) -> str:
    asking = HTTPConnection(theirs.removeprefix("http://"), timeout=60)
    asking.request("GET", "/pledge/", headers={"Host": HOST})
    answer = asking.getresponse()
    answer.read()
    asking.close()
    [token] = re.findall(r"csrftoken=(\w+)", answer.headers["Set-Cookie"])
    return token


@contextmanager
def _wagtail(folder: Path) -> Iterator[str]:
    """Makes and serves the Wagtail project, in a schema of its own in the database of this process; yields its URL."""
    project = folder / "peer"
    _run("wagtail", "start", "peer", str(folder), cwd=folder)
    project.joinpath("settings", "bench.py").write_text(
        SETTINGS.format(key=secrets.token_hex(), **connection.settings_dict)
    )
    with folder.joinpath("home", "models.py").open("a") as models:
        models.write(FORM_PAGE)
    for name in ("form_page.html", "form_page_landing.html"):
        folder.joinpath("home", "templates", "home", name).write_text(FORM_TEMPLATE)
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA wagtail")
    for command in (["makemigrations", "home"], ["migrate"], ["shell", "-c", MAKE_PAGE]):
        _run("python", "manage.py", *command, "--verbosity=0", cwd=folder)
    with socket.create_server(("127.0.0.1", 0)) as listening, (folder / "wagtail.log").open("wb") as log:
        port, descriptor = listening.getsockname()[1], listening.fileno()
        gunicorn = [PROGRAMS / "gunicorn", "peer.wsgi", "--bind", f"fd://{descriptor}", "--keep-alive=75"]
        threads = ["--worker-class=gthread", "--workers=2", "--threads=4", "--no-control-socket"]
        process = subprocess.Popen(
            [*gunicorn, *threads], cwd=folder, env=_environment(), pass_fds=[descriptor], stdout=log, stderr=log
        )
    try:
        writing.wait_for(("127.0.0.1", port))
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _run(program: str, *arguments: str, cwd: Path) -> None:
    subprocess.run([PROGRAMS / program, *arguments], cwd=cwd, env=_environment(), check=True, capture_output=True)


def _environment() -> dict[str, str]:
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "peer.settings.bench"}
