"""Measures the CPU time of the staff overview and of one organisation's page when the campaign is large, through
WSGI.
"""

import time
from statistics import median

from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from django_otp import DEVICE_ID_SESSION_KEY

from bench.tables import Table, rounds, spread
from campaign.staff import devices
from campaign.staff.models import StaffUser
from pledges.models import Organisation

ROUNDS = 5
AIM = 300.0  # ms
SIGNATURES, ORGANISATIONS, PENDINGS = 1_000_000, 5_000, 100_000

FILL = """
INSERT INTO pledges_signature (ref, digest, pledge_text_id, confirmed_on, region, profession, sample)
SELECT gen_random_uuid(), sha256(n::text::bytea), (SELECT min(id) FROM pledges_pledgetext),
    CURRENT_DATE - (n %% 365), '', '', false FROM generate_series(1, %(signatures)s) n;
INSERT INTO pledges_organisation (ref, name, key, namesake, website, kind, is_named, pledge_text_id, version,
    confirmed_at, approved_at, sample)
SELECT gen_random_uuid(), 'Example ' || md5(n::text) || ' Society', 'example ' || md5(n::text) || ' society', 0,
    'https://example' || n || '.org', 'charity',
    true, (SELECT min(id) FROM pledges_pledgetext), 1, now() - n * interval '1 minute',
    CASE WHEN n > 50 THEN now() END, false FROM generate_series(1, %(organisations)s) n;
INSERT INTO pledges_pendingsignature (ref, kind, digest, token, handle, encrypted_token, pledge_text_id, language,
    region, profession,
    email_queued_at, expires_at, tries, provider, client, confirmed_on)
SELECT gen_random_uuid(), 'person', sha256(n::text::bytea), sha256(('t' || n)::bytea), sha256(('h' || n)::bytea),
    '', (SELECT min(id) FROM pledges_pledgetext), CASE WHEN n %% 4 > 0 THEN '' ELSE 'en' END, '', '',
    now() - n * interval '6 seconds',
    now() + interval '7 days' - n * interval '6 seconds', 0, 'google', md5((n %% 9000)::text),
    CASE WHEN n %% 4 > 0 THEN now() - n * interval '6 seconds' END FROM generate_series(1, %(pendings)s) n;
INSERT INTO pledges_queuedemail (kind, ref, digest, due_at, attempts, refusal, sent_at)
SELECT 'confirm', gen_random_uuid(), sha256(n::text::bytea), now() - n * interval '6 seconds', 0, '',
    CASE WHEN n > 500 THEN now() - n * interval '6 seconds' END FROM generate_series(1, %(pendings)s) n;
INSERT INTO pledges_dailystatistics (day, provider, asked, confirmed)
SELECT CURRENT_DATE - d, p, 1000, 700 FROM generate_series(0, 365) d, unnest(ARRAY['google', 'other', 'apple']) p;
INSERT INTO pledges_totals (id, people, exact_people, organisations, counted_at)
    VALUES (1, 1000000, 1000000, 5000, now())
    ON CONFLICT DO NOTHING;
"""


def measure(quick: bool) -> Table:
    number = 10 if quick else 50
    # Static files are not collected here, so pages use their plain names.
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    _fill(quick)
    client = _staff()
    entry = reverse("admin:pledges_organisation_entry", args=[Organisation.objects.queued()[0].ref])
    pages = {"overview": reverse("admin:index"), "an organisation's evidence": entry}
    measured = {name: [_milliseconds(client, path) for _ in range(number)] for name, path in pages.items()}
    return Table(
        f"The overview of staff with {_size(quick)[0]:,} signatures and {ORGANISATIONS:,} organisations",
        ["", "median ms", "by round"],
        [[name, f"{median(some):.0f}", spread(rounds(some, ROUNDS), ".0f")] for name, some in measured.items()],
        f"The overview takes {median(measured['overview']):.0f} ms of work (aim: under {AIM:g} ms).",
    )


def _size(quick: bool) -> tuple[int, int]:
    return (SIGNATURES // 10, PENDINGS // 10) if quick else (SIGNATURES, PENDINGS)


def _fill(quick: bool) -> None:
    signatures, pendings = _size(quick)
    values = {"signatures": signatures, "organisations": ORGANISATIONS, "pendings": pendings}
    with connection.cursor() as cursor:
        for statement in FILL.split(";\n"):
            if statement.strip():
                cursor.execute(statement, values)
        cursor.execute("ANALYZE")


def _staff() -> Client:
    user = StaffUser.objects.create_superuser("bench@example.org")
    client = Client()
    client.force_login(user)
    app = devices.new_app(user, devices.new_key())
    app.save()
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = app.persistent_id
    session.save()
    return client


def _milliseconds(client: Client, path: str) -> float:
    began = time.perf_counter()
    answer = client.get(path, secure=not settings.DEBUG)
    spent = (time.perf_counter() - began) * 1000
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")
    return spent
