"""Every form of staff, sent twice at once, is carried out once."""

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.contrib import admin
from django.db import connection, transaction
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from campaign.staff.models import StaffUser
from pledges.models import NameReport, PublicName, Quarantine, Signature
from pledges.models.answers import Words
from pledges.organisations import service as organisations
from reports.models import Body, Recommendation, Report, Sector
from tests.staff_accounts import NOON, approved, pledge_text, sign_in, staff, waiting

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS = 2
# What a second sending may do again: nothing of it adds anything. Each download of an export is one, and recorded.
MAY_REPEAT = {
    *("pledges_export_add", "login", "logout", "factor", "factor_new", "factor_again", "factor_codes"),
    # One's own account: a passkey answers one challenge, an invitation sets one password.
    *("factor_passkey", "factor_passkey_change", "factor_app", "sessions_end", "invitation"),
    "pledges_export_unsubscribes",  # only takes away
    "pledges_pledgetext_change",  # saves a scheduled text with the same words
    *("password_change", "staff_staffuser_change", "staff_staffuser_invitation", "staff_staffuser_factor"),
    # To read only:
    *(
        "index",
        "reports_work",
        "password_change_done",
        "autocomplete",
        "jsi18n",
        "view_on_site",
        "app_list",
        "factor_picture",
        "factors",
        "sessions",
    ),
    *("pledges_organisation_queue", "pledges_organisation_text", "pledges_organisation_csv"),
    "pledges_organisation_entry",
    "pledges_organisation_queue_end",
    "staff_help",
    "notices",
    "staff_log",
}
# Saved by the same code as the changes below.
ALIKE = {
    f"reports_{model}_change"
    for model in ("report", "sector", "arrangement", "glossaryterm", "update", "presstext", "reply")
}
# How much each table grows, where it is not by one row.
GROWTH = {"settling": 0, "approvals": 2, "paste": 4}


def of_organisation(act: str, **fields: object):
    def prepared():
        row = approved() if act in ("withdrawal", "spelling", "contact", "reopening") else waiting()
        return f"pledges_organisation_{act}", [row.ref], {"version": 1, **fields}

    return prepared


def several():
    rows = [waiting("Example One"), waiting("Example Two")]
    return "pledges_organisation_approvals", [], {"seen": [f"{row.ref}:1" for row in rows], "approve": "yes"}


def undoing():
    decision = waiting_and_asked().decisions().get()
    return "pledges_organisation_undoing", [], {"decision": decision.ref}


def waiting_and_asked():
    row = waiting()
    organisations.ask(row, staff("noor@example.org"), Words("who"), 1, timezone.now())
    return row


def hiding():
    signature = Signature.objects.create(digest=uuid.uuid4().bytes * 2, pledge_text=pledge_text(), confirmed_on=NOON)
    public_name = PublicName.objects.create(signature=signature, name="Sample", listed_on=NOON)
    return "pledges_publicname_hiding", [public_name.ref], {"hide": "True", "reason": "asked"}


def review():
    _name, [ref], _fields = hiding()
    return "pledges_publicname_review", [], {"seen": ref, "hide": ref, "reason": "false"}


def settling():
    row = NameReport.objects.create(name="Sample", reason="false", reported_on=NOON)
    return "pledges_publicname_settling", [row.pk], {}


def quarantine_decision():
    quarantine = Quarantine.objects.create(kind="client", opened_at=timezone.now())
    return "pledges_quarantine_decision", [quarantine.ref], {"act": "release"}


def new_pledge_text():
    texts = ("pledge", "agreement", "email_consent", "post_consent", "public_name_consent", "declaration")
    old = pledge_text()
    words = {name: getattr(old, name) or "x" for name in texts} | {"pledge": "Another pledge.\nOf two lines."}
    soon = timezone.localtime() + timedelta(days=1)
    return (
        "pledges_pledgetext_add",
        [],
        {**words, "language": "en", "read": "on", "published_at": f"{soon:%Y-%m-%dT%H:%M}"},
    )


def schools() -> Recommendation:
    report = Report.objects.create(key="r", title="R", author="A", dated_on="2018-12-03", published_at=NOON)
    sector = Sector.objects.create(report=report, slug="schools", name="Schools", tone="education", position=1)
    body = Body.objects.create(slug="body", name="Body", position=1)
    row = Recommendation.objects.create(sector=sector, number=1, key="schools-1", title="Keep it", text="x", why="x")
    row.asked_of.add(body)
    return row


def update():
    fields = {"happened_on": "2019-07-19", "precision": "day", "what": "It happened.", "source_name": "Example"}
    fields |= {"recommendation": schools().pk, "source_url": "https://example.org/", "status_after": "met"}
    return "reports_update_add", [], fields


def reply():
    fields = {"recommendation": schools().pk, "body": Body.objects.get().pk, "answered_on": "2019-07-19"}
    return "reports_reply_add", [], {**fields, "text": "No."}


def added(model: str, **fields: object):
    def prepared():
        row = schools()
        given = {"report": row.sector.report_id, "sector": row.sector_id, "asked_of": Body.objects.get().pk}
        given |= {"shared_by": Body.objects.get().pk, "language": "en", "position": 9}
        return f"reports_{model}_add", [], {**given, **fields}

    return prepared


def changed(model: str):
    def prepared():
        row = {"recommendation": schools, "body": lambda: schools() and Body.objects.get()}[model]()
        return f"reports_{model}_change", [row.pk], None

    return prepared


def checked():
    row = schools()
    return "reports_recommendation_changelist", [], {"action": "checked_today", "_selected_action": row.pk}


ONE = {"name": "Example Clinic", "kind": "health", "is_named": "yes", "agreed_on": "2026-05-01"}
LINES = "\n".join(f"Example Choir {word};;other" for word in ("Ash", "Beech", "Cedar", "Elm"))
SIGNER = {"signer_name": "Another", "signer_role": "Chair", "email": "chair@example.org"}
FORMS = {
    "approval": of_organisation("approval"),
    "refusal": of_organisation("refusal", reason="authority"),
    "question": of_organisation("question", reason="who"),
    "withdrawal": of_organisation("withdrawal", reason="asked"),
    "spelling": of_organisation("spelling", name="Example Teacher's Network"),
    "contact": of_organisation("contact", **SIGNER),
    "answer": of_organisation("answer", text="The board did."),
    "note": of_organisation("note", text="Rang them."),
    "reopening": of_organisation("reopening"),
    "undoing": undoing,
    "declined_at_once": lambda: (
        "pledges_organisation_approvals",
        [],
        {"seen": f"{waiting().ref}:1", "decline": "yes", "reason": "authority"},
    ),
    "approvals": several,
    "enter": lambda: ("pledges_organisation_enter", [], ONE),
    "paste": lambda: ("pledges_organisation_paste", [], {"lines": LINES, "agreed_on": "2026-05-01", "enter": "yes"}),
    "hiding": hiding,
    "review": review,
    "settling": settling,
    "quarantine_decision": quarantine_decision,
    "rule_add": lambda: ("pledges_abuserule_add", [], {"kind": "client", "most": 9, "minutes": 9, "off": "yes"}),
    "list_visibility_add": lambda: ("pledges_listvisibility_add", [], {"lists_hidden": "on"}),
    "paper_add": lambda: (
        "pledges_papercount_add",
        [],
        {"signatures": 14, "counted_on": "2026-05-01", "count": uuid.uuid4(), "seen": 0},
    ),
    "pledge_text_add": new_pledge_text,
    "link": lambda: ("pledges_phonerequest_link", [], {"link_email": "a@example.org"}),
    "call_add": lambda: ("pledges_phonerequest_add", [], {"email": "a@example.org", "kind": "stop-email"}),
    "presstext_add": added("presstext", key="s", kind="quotation", text="T"),
    "reply_add": reply,
    "update_add": update,
    "report_add": added("report", key="s", title="S", author="A", dated_on="2018-12-03", lead="L"),
    "sector_add": added("sector", slug="s", name="S", tone="education", lead="L"),
    "body_add": added("body", slug="s", name="S"),
    "glossaryterm_add": added("glossaryterm", slug="s", name="S", meaning="M"),
    "arrangement_add": added(
        "arrangement", slug="s", label="S", tone="health", shared="s", state="s", since_precision="day"
    ),
    "recommendation_add": added(
        "recommendation", number=2, key="s", title="S", text="D", why="W", applies_in="uk", quotation=""
    ),
    "recommendation_change": changed("recommendation"),
    "body_change": changed("body"),
    "recommendation_changelist": checked,
    "staffuser_add": lambda: ("staff_staffuser_add", [], {"email": "new@example.org", "name": "New"}),
}
LOGS = {"django_session", "django_admin_log", "campaign_ratelimitcount", "campaign_ratelimitsalt"}


def rows() -> dict[str, int]:
    with connection.cursor() as cursor:
        names = [name for name in connection.introspection.table_names(cursor) if name not in LOGS]
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in names))
        return dict(cursor.fetchall())


@pytest.fixture
def clients():
    user = StaffUser.objects.create_superuser("ada@example.org", name="Ada")
    found = [Client() for _ in range(CLIENTS)]
    for client in found:
        sign_in(client, user, again=True)
    return found


def drawn(client: Client, path: str) -> dict:
    """What the page sends as it stands, with another title or name."""
    form = client.get(path).context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    values |= {"published_at_0": "", "published_at_1": "", "applies_in": "uk"}
    values |= {"title": "Another"} if "title" in values else {"name": "Another"}
    return {name: value for name, value in values.items() if value is not None}


@pytest.mark.parametrize("form", FORMS)
def test_a_form_of_staff_sent_twice_at_once_is_done_once(clients, form):
    name, args, fields = FORMS[form]()
    path = reverse(f"admin:{name}", args=args)
    sent = drawn(clients[0], path) if fields is None else fields
    gate, before = Barrier(CLIENTS), rows()

    def send(client):
        gate.wait()
        try:
            return client.post(path, sent).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(CLIENTS) as pool:
        statuses = list(pool.map(send, clients))
    assert max(statuses) < 500
    assert 302 in statuses
    after = rows()
    clients[0].post(path, sent)
    assert rows() == after  # nor is it done again later
    grown = {table: after[table] - before[table] for table in after if after[table] != before[table]}
    grown = {table: count for table, count in grown.items() if "historical" not in table}  # links make more
    assert set(grown.values()) <= {GROWTH.get(form, 1)}, grown


def addresses(resolver: URLResolver) -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry)
        elif entry.name:
            yield entry.name


def test_every_staff_form_is_sent_twice(rf):
    request = rf.get("/")
    request.user = StaffUser.objects.create_superuser("ada@example.org")
    of_django = set()
    for model, screen in admin.site._registry.items():
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        kinds = ["changelist", "history", "delete", "simple_history", "preview"]  # read, refused or never saved
        kinds += [] if screen.has_add_permission(request) else ["add"]
        kinds += [] if screen.has_change_permission(request) else ["change"]
        of_django |= {f"{name}_{kind}" for kind in kinds}
    admin_urls = next(entry for entry in get_resolver().url_patterns if str(entry.pattern) == "admin/")
    with transaction.atomic():
        sent = set()
        for prepare in FORMS.values():
            point = transaction.savepoint()
            sent.add(prepare()[0])
            transaction.savepoint_rollback(point)
    assert set(addresses(admin_urls)) - of_django - sent - MAY_REPEAT - ALIKE == set()
