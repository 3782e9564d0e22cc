"""With 100,000 signatures and 5,000 organisations a page reads through indexes what it shows, and no other rows."""

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from pledges.lists import views as lists
from pledges.models import Organisation, PublicName
from pledges.models.answers import ConfirmChoices
from pledges.signing import service as signing
from pledges.statistics import totals, weekly
from tests import web_role
from tests.makers import ALICE, answers, token_of
from tests.rows_read import rows_read
from tests.staff_accounts import sign_in, staff

pytestmark = pytest.mark.django_db
ROWS, NAMED, ORGANISATIONS = 100_000, 20_000, 5_000
FILL = """
INSERT INTO pledges_signature (ref, digest, pledge_text_id, confirmed_on, region, profession, sample)
SELECT gen_random_uuid(), sha256(n::text::bytea), 1, %(today)s::date - 2 - n %% 365, '', '', false
FROM generate_series(1, %(rows)s) n;
INSERT INTO pledges_publicname (ref, signature_id, name, listed_on, reviewed_at)
SELECT gen_random_uuid(), id, 'Sample Person ' || id, confirmed_on, CASE WHEN id %% 400 > 0 THEN now() END
FROM pledges_signature ORDER BY id LIMIT %(named)s;
INSERT INTO pledges_organisation (ref, name, key, namesake, website, kind, is_named, pledge_text_id, version,
    confirmed_at, approved_at, sample)
SELECT gen_random_uuid(), name, lower(name), 0, 'https://example' || n || '.example.org',
    (ARRAY['union', 'faith', 'council', 'health', 'charity', 'other', 'legal'])[n %% 7 + 1], true, 1, 1,
    now() - n * interval '1 minute', CASE WHEN n > 20 THEN now() END, false
FROM generate_series(1, %(organisations)s) n, LATERAL (SELECT 'Example ' || md5(n::text) AS name) names;
INSERT INTO pledges_pendingsignature (ref, kind, digest, token, handle, encrypted_token, pledge_text_id, language,
    region, profession, email_queued_at, expires_at, tries, provider, client)
SELECT gen_random_uuid(), 'person', sha256(n::text::bytea), sha256(('t' || n)::bytea), sha256(('h' || n)::bytea), '',
    1, '', '', '', now() - interval '2 hours' - n * interval '6 seconds', now() + interval '7 days', 0, '', ''
FROM generate_series(1, %(rows)s) n;
INSERT INTO pledges_queuedemail (kind, ref, digest, due_at, attempts, refusal, sent_at)
SELECT 'confirm', gen_random_uuid(), sha256(n::text::bytea), now() - n * interval '6 seconds', 0, '',
    now() - n * interval '6 seconds'
FROM generate_series(1, %(rows)s) n;
ANALYZE
"""
MOST = 500


@pytest.fixture
def large(db):
    now = timezone.now()
    values = {"rows": ROWS, "named": NAMED, "organisations": ORGANISATIONS, "today": timezone.localdate(now)}
    with web_role.owner(), connection.cursor() as cursor:  # ANALYZE is the owner's
        for statement in FILL.strip().split(";\n"):
            cursor.execute(statement, values if "%(" in statement else None)
    totals.recount(now)
    weekly.publish(now)


def test_public_pages_read_few_rows(client, large):
    deep = f"/pledge/supporters/?after={lists._page_after(PublicName.objects.shown(), '', 15_000).next_key}"
    name = Organisation.objects.listed()[100].name
    organisations = [f"/pledge/organisations/{query}" for query in ("", f"?q={name}", "?q=none")]
    pages = ["/", "/pledge/", "/pledge/supporters/", deep, *organisations, "/pledge/numbers/", "/press/"]
    read = {page: rows_read(lambda page=page: client.get(page)) for page in pages}
    assert {page: rows for page, rows in read.items() if rows > MOST} == {}


def test_staff_pages_read_few_rows(client, large):
    sign_in(client, staff("mona@example.org", "view_overview", "view_organisation", "decide_organisation"))
    entry = reverse("admin:pledges_organisation_entry", args=[Organisation.objects.queued()[0].ref])
    pages = [reverse("admin:index"), entry]
    read = {page: rows_read(lambda page=page: client.get(page)) for page in pages}
    assert {page: rows for page, rows in read.items() if rows > MOST} == {}


def test_signing_and_confirming_read_few_rows(large):
    now = timezone.now()
    assert rows_read(lambda: signing.sign(answers(ALICE), now)) < MOST
    token = token_of(signing.sign(answers(ALICE), now))
    assert rows_read(lambda: signing.confirm(token, ConfirmChoices(), now)) < MOST
