"""The public pages show exactly the fields that the register of data declares as public.

Fields get other values, and every public page, feed and file is fetched again. What changes with a field shows it.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.db import connection, models
from django.test import Client

from campaign.privacy import data_register
from pledges.crypto import tokens
from pledges.models import Consent, EmailBlock, PhoneRequest, data_uses
from pledges.models.answers import ConfirmChoices
from pledges.models.data_register import ANYONE, Table
from pledges.my_pledge import service as my_pledge
from pledges.phone_requests import service as phone_requests
from pledges.privacy import exports
from pledges.signing import service as signing
from pledges.statistics import totals, weekly
from reports import load_content
from tests import staff_accounts, web_role
from tests.makers import ALICE, BOB, CHARLIE, NOW, answers, people, signed
from tests.site.test_pages import PUBLIC, path

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
# /readyz.json says the state of the server at this second.
PAGES = [path(route) for route in PUBLIC if route != "/readyz.json"] + ["/pledge/organisations/?q=example"]
# Those of which each test needs a row; the others name staff, or hold nothing of a person.
TABLES = [*data_uses.SUPPORTERS, *data_uses.EMAILS, *data_uses.ORGANISATIONS]


@pytest.fixture
def somebody_of_each(time_machine, settings):
    """Creates a row in every table about people who sign, emails and organisations."""
    load_content.load()
    then = NOW - 9 * DAY
    time_machine.move_to(then, tick=False)
    every_wish = ConfirmChoices(public_name="Bob Example", post={"address": "1 Example Street"})
    signed(BOB, every_wish, now=then, by_email=True, region="wales", profession="health")
    staff = staff_accounts.staff()
    exports.begin("post", "news", staff, then)
    my_pledge.remove(PhoneRequest.Kind.STOP_POST, tokens.digest(BOB.identity), Consent.Source.MY_PLEDGE, then)
    signed(CHARLIE, ConfirmChoices(public_name="Charlie Example"), now=then - DAY)
    people(20, region="london", profession="law")
    signing.sign(answers(ALICE, by_email=True, region="wales"), NOW)
    signing.sign(staff_accounts.answers("Example Waiting"), NOW)
    staff_accounts.approved("Example Teachers")
    phone_requests.record(PhoneRequest.Kind.WITHDRAW, ALICE, staff, NOW)
    EmailBlock.objects.create(digest=b"1" * 32, blocked_on=NOW)
    time_machine.move_to(NOW, tick=False)
    totals.recount(NOW)
    weekly.publish(NOW)


def fields_of(table: Table) -> Iterator[tuple[models.Field, bool]]:
    """Each personal field that has a value somewhere, and whether the register says that everyone sees it."""
    model = apps.get_model(table.model)
    for names, use in table.uses.items():
        for name in names.split():
            field = model._meta.get_field(name)
            if not field.is_relation and rows_with(field).exists():
                yield field, (use.readers or table.readers) == ANYONE


def rows_with(field: models.Field) -> models.QuerySet:
    """The rows in which the field is not empty."""
    rows = field.model._base_manager.exclude(**{field.name: None})
    return rows.exclude(**{field.name: ""}) if isinstance(field, models.CharField) else rows


def another(field: models.Field, value):
    """Another value of the same kind."""
    if field.choices:
        return next(key for key, _label in field.choices if key and key != value)
    if isinstance(value, date | datetime):
        return value - 400 * DAY
    if isinstance(value, str):
        return f"https://other.example.org/{value[:1]}" if field.name == "website" else f"Z{value}"[:32]
    if isinstance(value, UUID):
        return uuid4()
    return value + 1 if isinstance(value, int) else bytes(reversed(bytes(value)))


def change(field: models.Field) -> None:
    """Gives the field another value in the oldest row that has one, with triggers switched off."""
    with web_role.owner(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        rows = rows_with(field).order_by("pk")
        row = rows.filter(public_name__isnull=False).first() if field.model.__name__ == "Signature" else rows.first()
        value = another(field, getattr(row, field.name))
        field.model._base_manager.filter(pk=row.pk).update(**{field.name: value})


def seen() -> dict[str, bytes]:
    client = Client(raise_request_exception=False)
    return {page: client.get(page).content for page in PAGES}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.model)
def test_the_public_pages_show_only_fields_declared_as_public(table, somebody_of_each):
    assert apps.get_model(table.model)._base_manager.exists(), "the test needs a row to look at"
    fields = dict(fields_of(table))
    before = seen()
    for field in (field for field, is_public in fields.items() if not is_public):
        change(field)
    after = seen()
    assert [page for page in PAGES if after[page] != before[page]] == []
    for field in (field for field, is_public in fields.items() if is_public):
        before = after
        change(field)
        after = seen()
        assert after != before, f"{field.name} is declared for everybody and stands nowhere"


def test_of_other_apps_the_register_declares_only_the_reports_author_as_public():
    others = [table for table in data_register.TABLES if table not in TABLES]
    public = [
        (table.model, names)
        for table in others
        for names, use in table.uses.items()
        if (use.readers or table.readers) == ANYONE
    ]
    assert public == [("reports", "author")]
