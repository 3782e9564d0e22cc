"""Retention finds due rows by indexes: with 100,000 rows in each table it reads only the due ones."""

import json

import pytest
from django.db import connection

from pledges.privacy import erasure
from tests.makers import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_owner")]  # ANALYZE is the owner's
ROWS = 100_000
FILL = """
INSERT INTO pledges_signature (ref, digest, pledge_text_id, confirmed_on, region, profession, sample)
SELECT gen_random_uuid(), sha256(n::text::bytea), 1, %(now)s::date - n %% 365, '', '', false
FROM generate_series(1, %(rows)s) n;
INSERT INTO pledges_pendingsignature (ref, kind, digest, token, handle, encrypted_token, pledge_text_id, language,
    region, profession, email_queued_at, expires_at, tries, provider, client, confirmed_on)
SELECT gen_random_uuid(), 'person', sha256(n::text::bytea), sha256(('t' || n)::bytea), sha256(('h' || n)::bytea), '',
    1, '', '', '', %(now)s - age, %(now)s + interval '7 days' - age, 0,
    CASE WHEN age < interval '1 day' THEN 'other' ELSE '' END, CASE WHEN age < interval '1 day' THEN 'c' ELSE '' END,
    CASE WHEN n %% 4 > 0 THEN (%(now)s - age)::date END
FROM generate_series(1, %(rows)s) n, LATERAL (SELECT n * interval '6 seconds' AS age) ages;
INSERT INTO pledges_queuedemail (kind, ref, digest, due_at, attempts, refusal, sent_at)
SELECT 'confirm', gen_random_uuid(), sha256(n::text::bytea), %(now)s - n * interval '6 seconds', 0, '',
    %(now)s - n * interval '6 seconds'
FROM generate_series(1, %(rows)s) n;
INSERT INTO pledges_contact (ref, signature_id, channel, sealed, keep_until)
SELECT ref, id, 'email', '', %(now)s::date + 300 FROM pledges_signature;
ANALYZE;
"""


@pytest.fixture
def large():
    with connection.cursor() as cursor:
        for statement in FILL.strip().split(";\n"):
            cursor.execute(statement, {"now": NOW, "rows": ROWS} if "%(" in statement else None)


def rows_read(queryset) -> int:
    """Returns how many rows its plan reads from tables."""

    def steps(plan):
        yield plan
        for part in plan.get("Plans", []):
            yield from steps(part)

    explained = queryset.values("pk")[:1000].explain(format="json", analyze=True)
    [whole] = json.loads(explained)
    return sum(
        (step["Actual Rows"] + step.get("Rows Removed by Filter", 0)) * step["Actual Loops"]
        for step in steps(whole["Plan"])
        if "Relation Name" in step
    )


def test_where_nothing_is_due_no_more_is_read_than_the_last_two_days(large):
    read = {due.name: rows_read(due.rows.order_by(due.order)) for due in erasure.due(NOW)}
    assert {name: rows for name, rows in read.items() if rows > ROWS / 10} == {}
