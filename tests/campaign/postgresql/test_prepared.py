"""The statements of signing are planned once for each connection, except behind a pooler."""

import pytest
from django.db import connection

PREPARED = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT 1000 +%%'"


def prepared(other) -> int:
    for number in range(3):
        with other.prepared_cursor() as cursor:
            cursor.execute("SELECT 1000 + %s::int", [number])
            assert cursor.fetchone() == (1000 + number,)
    with other.cursor() as cursor:
        cursor.execute(PREPARED)
        return cursor.fetchone()[0]


@pytest.fixture
def another():
    other = connection.copy()
    yield other
    other.close()


@pytest.mark.django_db
def test_a_statement_is_prepared_once_for_a_connection(another):
    assert prepared(another) == 1


@pytest.mark.django_db
def test_behind_a_pooler_no_statement_is_prepared(another):
    another.settings_dict["OPTIONS"] = {**another.settings_dict["OPTIONS"], "prepare_threshold": None}
    assert prepared(another) == 0


@pytest.mark.django_db
def test_a_prepared_statement_is_among_the_queries_that_are_shown(another):
    another.force_debug_cursor = True
    prepared(another)
    assert another.queries[0]["sql"].startswith("SELECT 1000")
