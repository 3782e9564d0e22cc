"""Every address of the site map with hostile parameters, query strings and bodies: never an answer of 5xx."""

import re
import uuid
from collections.abc import Iterator
from io import StringIO

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from campaign.staff.models import StaffUser
from pledges.models import (
    AbuseRule,
    Export,
    ListVisibility,
    NameDecision,
    Organisation,
    OrganisationDecision,
    PaperCount,
    PhoneRequest,
    Quarantine,
    QuarantineDecision,
)
from reports import load_content
from reports.models import Body, Recommendation, Reply, Report
from tests.site.test_pages import STANDS_FOR
from tests.staff_accounts import NOON, sign_in

pytestmark = pytest.mark.django_db
VALUES = ["x", "9" * 400, "é\u202e'\"%<"]
# Names that views read from a query string, all in one query.
NAMES = (
    "q",
    "after",
    "next",
    "of",
    "supersedes",
    "recommendation",
    "p",
    "page",
    "o",
    "all",
    "_to_field",
    "_popup",
    "_changelist_filters",
)
LOOKUPS = ["", "__exact", "__isnull", "__gte", "__in"]
# Names that forms read from a body, all in one body.
FIELDS = """version seen reason act name email on off tried enter approve lines agreed_on hide kind most minutes
    action _selected_action select_across index supersedes shown recommendation happened_on status_after file
    channel purpose kind number position published_at_0 published_at_1 groups organisations_from_0"""


def routes(resolver: URLResolver, before: str = "/") -> Iterator[str]:
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, route)
        else:
            yield route


ROUTES = sorted({route for route in routes(get_resolver()) if "logout" not in route and "(" not in route})
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


@pytest.fixture(scope="module")
def ada(django_db_setup, django_db_blocker):
    """A superuser and at least one row of every admin page; rolled back at the end."""
    client = Client(raise_request_exception=False)
    with django_db_blocker.unblock(), transaction.atomic():
        user = sign_in(client, StaffUser.objects.create_superuser("ada@example.org", name="Ada"), again=True)
        load_content.load()
        call_command("load_samples", although_debug_is_off=True, verbosity=0, stdout=StringIO())
        by = {"decided_by": user, "decided_at": NOON}
        AbuseRule.objects.create(kind="client", most=1, minutes=1, **by)
        ListVisibility.objects.create(**by)
        quarantine = Quarantine.objects.create(kind="client", opened_at=NOON)
        QuarantineDecision.objects.create(quarantine_ref=quarantine.ref, act="release", signatures=1, **by)
        NameDecision.objects.create(public_name_ref=uuid.uuid4(), hidden=True, reason="false", **by)
        ref = Organisation.objects.order_by("pk")[0].ref
        OrganisationDecision.objects.create(organisation_ref=ref, version=1, act="approve", **by)
        PaperCount.objects.create(version=1, signatures=9, counted_on=NOON.date(), entered_by=user, entered_at=NOON)
        PhoneRequest.objects.create(kind="withdraw", taken_by=user, taken_at=NOON)
        Export.objects.create(channel="email", purpose="drill", records=0, exported_by=user, exported_at=NOON)
        recommendation, body = Recommendation.objects.order_by("pk")[0], Body.objects.order_by("pk")[0]
        Reply.objects.create(recommendation=recommendation, body=body, answered_on=NOON.date(), text="No.")
        yield client
        transaction.set_rollback(True)


def real(route: str) -> dict[str, str]:
    """The parameters that name an existing row."""
    names = re.match(r"/admin/(\w+)/(\w+)/", route)
    known = names and [m for m in admin.site._registry if m._meta.label_lower == f"{names[1]}.{names[2]}"]
    row = known and known[0]._default_manager.order_by("-pk").first()
    found = {**STANDS_FOR, "object_id": str(row.pk), "version_id": "1"} if row else dict(STANDS_FOR)
    return found | {"ref": str(row.ref)} if row and hasattr(row, "ref") else found


def filled(route: str, values: dict[str, str]) -> str:
    return PARAMETER.sub(lambda parameter: values.get(parameter[1], "1"), route)


def ask(client: Client, method: str, path: str, data: dict) -> str:
    """Sends the request, undoes its changes, and returns the failure in words."""
    with transaction.atomic():
        status = getattr(client, method)(path, data).status_code
        transaction.set_rollback(True)
    return "" if status < 500 else f"{method} {path[:120]} {str(data)[:160]}: {status}"


@pytest.mark.parametrize("value", [*VALUES, "-1", "9" * 5000])
def test_no_address_fails_for_a_hostile_parameter(ada, value):
    with_parameters = [route for route in ROUTES if "<" in route]
    paths = {PARAMETER.sub(lambda _parameter: value.replace("%", "%25") or "_", route) for route in with_parameters}
    assert [told for path in sorted(paths) if (told := ask(ada, "get", path, {}))] == []


@pytest.mark.parametrize("value", [*VALUES, ""])
def test_no_address_fails_for_a_hostile_query_string(ada, value):
    paths = {filled(route, real(route)) for route in ROUTES}
    hostile = dict.fromkeys(NAMES, value)
    assert [told for path in sorted(paths) if (told := ask(ada, "get", path, hostile))] == []


@pytest.mark.parametrize("value", VALUES)
def test_no_list_of_staff_fails_for_a_hostile_filter(ada, value):
    failures = []
    for model, screen in admin.site._registry.items():
        path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        names = [getattr(item, "parameter_name", item) for item in screen.list_filter]
        queries = [{f"{name}{lookup}": value} for name in names for lookup in LOOKUPS]
        if day := screen.date_hierarchy:
            queries += [{f"{day}__year": value}, {f"{day}__year": "2026", f"{day}__month": value}]
            queries += [{f"{day}__year": "0"}, {f"{day}__year": "2026", f"{day}__month": "2", f"{day}__day": "31"}]
        failures += [told for query in queries if (told := ask(ada, "get", path, query))]
    assert failures == []


@pytest.mark.parametrize("value", [None, *VALUES])
def test_no_form_of_staff_fails_for_a_hostile_body_or_none(ada, value):
    paths = {filled(route, real(route)) for route in ROUTES if route.startswith("/admin/")}
    hostile = {} if value is None else dict.fromkeys(FIELDS.split(), value)
    assert [told for path in sorted(paths) if (told := ask(ada, "post", path, hostile))] == []


def test_the_crawler_opens_every_admin_page_with_a_row(ada):
    assert Report.objects.exists()
    assert Recommendation.objects.exists()
    empty = [model for model in admin.site._registry if not model._default_manager.exists()]
    assert empty == []
