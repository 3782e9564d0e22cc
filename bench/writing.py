"""Measures how fast gunicorn accepts and confirms signatures, compared with a WSGI application that only writes."""

import tempfile
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from statistics import median

from django.db import connection
from django.test import Client
from django.utils import timezone

from bench import bare_writes, profiling
from bench.answers import FORM, one_client_each, poster
from bench.load import WRK, Load, load, where_it_goes
from bench.shipped import environment
from bench.tables import Goal, Table
from pledges.crypto import encryption
from pledges.inputs.email_address import Mailbox
from pledges.models import PendingSignature, PledgeText, Signature
from pledges.models.answers import PersonAnswers
from pledges.signing import service as signing
from tests.chaos.serving import Gunicorn

ROUNDS, SECONDS = 3, 5
QUICK_ROUNDS, QUICK_SECONDS = 2, 2
CONFIRMS = 16_000  # forms that wait to be confirmed, more than can be confirmed in the time
OF_BARE = 0.30
TITLE = "Signing and confirming, gunicorn alone: requests a second"
# Lua for wrk: each request with another mailbox and client; or with the next link.
SIGN = """
local function headers(client)
  local all = {}
  for name, value in pairs(wrk.headers) do all[name] = value end
  all["X-Forwarded-For"] = client
  return all
end
local n = 0
local run = "%s"
request = function()
  n = n + 1
  local client = string.format("10.%%d.%%d.%%d", math.floor(n / 65536) %% 256, math.floor(n / 256) %% 256, n %% 256)
  return wrk.format("POST", nil, headers(client),
    "email=person" .. run .. "." .. n .. "@example.org&by_email=no&pledge_text=1&postcode=SW1P+2HR&occupation=Nurse")
end
"""
CONFIRM = """
local n = 0
local tokens = {%s}
request = function()
  n = n + 1
  return wrk.format("POST", "/pledge/confirm/" .. (tokens[n] or "none-is-left") .. "/", nil, "agree=on")
end
"""


def measure(quick: bool) -> Table:
    if not WRK:
        goals = [Goal(work, f"≥ {OF_BARE:.2f} of bare", "", None) for work in ("sign", "confirm")]
        return Table(TITLE, ["work"], [], "Not measured: install Debian's wrk.", goals)
    with tempfile.TemporaryDirectory() as place:
        found = _interleaved(Path(place), *((QUICK_ROUNDS, QUICK_SECONDS) if quick else (ROUNDS, SECONDS)))
    rows, goals = [], []
    for work in ("sign", "confirm"):
        ours, bare = (median(one.rate for one in found[name]) for name in (work, f"bare {work}"))
        errors = sum(one.errors for name in (work, f"bare {work}") for one in found[name])
        ratio = ours / bare
        rows.append([work, f"{ours:,.0f}", f"{bare:,.0f}", f"{ratio:.2f}", str(errors)])
        goals.append(Goal(work, f"≥ {OF_BARE:.2f} of bare", f"{ratio:.2f}", ratio >= OF_BARE and not errors))
    signed = PendingSignature.objects.count() - CONFIRMS
    confirmed = Signature.objects.count()
    missed = [goal.work for goal in goals if not goal.is_met]
    programs = [where_it_goes(name, found[name]) for work in missed for name in (work, f"bare {work}")]
    profiles = [*programs, *_profiles()] if missed else []
    return Table(
        TITLE,
        ["work", "site", "bare", "ratio", "errors"],
        rows,
        "\n".join([f"{signed:,} forms and {confirmed:,} signatures are stored.", *profiles]),
        goals,
    )


def _profiles() -> list[str]:
    """Returns what signing and confirming spend their time on, in this process."""
    client, post, clients = Client(), poster(), one_client_each()
    addresses = (f"profile{n}@example.org" for n in count())
    tokens = iter(_forms(profiling.TIMES + 20, "profile"))

    def confirm() -> None:
        client.post(f"/pledge/confirm/{next(tokens)}/", "agree=on", content_type=FORM)

    return [
        profiling.profile("sign", lambda: post(next(addresses), next(clients))),
        profiling.profile("confirm", confirm),
    ]


def _interleaved(folder: Path, rounds: int, seconds: int) -> dict[str, list[Load]]:
    tokens = _forms(CONFIRMS)
    with connection.cursor() as cursor:
        cursor.execute(bare_writes.TABLES)
        cursor.execute(
            "INSERT INTO bare_one (key, content) SELECT sha256(n::text::bytea), '' FROM generate_series(1, 100) n"
        )
    settings = environment(folder)
    site = Gunicorn(folder / "site.log", **settings)
    bare = Gunicorn(folder / "bare.log", application="bench.bare_writes", BARE_DATABASE=_connection())
    at = {name: "http://{}:{}".format(*process.address) for name, process in (("site", site), ("bare", bare))}
    share = len(tokens) // rounds
    found: dict[str, list[Load]] = {}
    try:
        for process in (site, bare):
            wait_for(process.address)
        posts(folder, at["site"] + "/pledge/", 1, SIGN % "first")  # each thread opens its connection
        for n in range(rounds):
            some = tokens[n * share : (n + 1) * share]
            for name, url, script in [
                ("sign", at["site"] + "/pledge/", SIGN % n),
                ("bare sign", at["bare"] + "/sign", SIGN % n),
                ("confirm", at["site"] + "/pledge/", CONFIRM % ",".join(f'"{token}"' for token in some)),
                ("bare confirm", at["bare"] + "/confirm", SIGN % n),
            ]:
                found.setdefault(name, []).append(posts(folder, url, seconds, script))
    finally:
        site.end()
        bare.end()
    return found


def wait_for(address: tuple[str, int]) -> None:
    """Waits until a server answers: on a busy machine it needs longer to start than a round lasts."""
    asking = HTTPConnection(*address, timeout=60)
    asking.request("GET", "/healthz")
    asking.getresponse().read()
    asking.close()


def _connection() -> str:
    """Returns how psycopg connects to the database of this process."""
    database = connection.settings_dict
    return "host={HOST} user={USER} dbname={NAME}".format(**database)


def posts(folder: Path, url: str, seconds: int, script: str) -> Load:
    lua = folder / "script.lua"
    lua.write_text(script)
    form = "Content-Type: application/x-www-form-urlencoded"
    return load(url, seconds, "X-Forwarded-Proto: https", form, script=lua)


def _forms(number: int, name: str = "waits") -> list[str]:
    """Signs this many forms, and returns the tokens of the links to confirm."""
    now, pledge_text = timezone.now(), PledgeText.objects.get(number=1)
    for n in range(number):
        mailbox = Mailbox(f"{name}{n}@example.org")
        signing.sign(PersonAnswers(mailbox=mailbox, pledge_text=pledge_text, by_email=False), now)
    newest = PendingSignature.objects.order_by("-pk")[:number]
    locked = newest.values_list("encrypted_token", flat=True)
    return [encryption.decrypt(token) for token in locked]
