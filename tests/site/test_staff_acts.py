"""Every act of staff is carried out for the role that may do it, with the database rights of the web server.

The tests use these rights (tests/web_role.py): a GRANT that is missing in campaign/postgresql/roles.py fails here.
"""

import re
from datetime import timedelta

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaign.models import AuthenticatorApp
from campaign.staff.models import StaffUser
from pledges.models import PledgeText
from reports.models import Draft, Recommendation, Update
from tests.campaign.staff.test_passkeys import passkey_of
from tests.campaign.staff.test_permissions import ADMIN_URLS, OPEN
from tests.campaign.staff.test_second_factor import later
from tests.makers import ALICE, signed
from tests.site.test_sent_twice import FORMS, LOGS, drawn
from tests.staff_accounts import PASSWORD, pledge_text, sign_in, staff

OTHER = "eight green bottles"
pytestmark = pytest.mark.django_db


def of_the_report(model: str, button: str = "_save"):
    """Saves the form of a text of the report that ships with the site, with another title or name."""

    def prepared(client, _user):
        call_command("load_report", verbosity=0)
        row = admin_of(model).model._default_manager.first()
        path = reverse(f"admin:reports_{model}_change", args=[row.pk])
        return f"reports_{model}_change", [row.pk], {**drawn(client, path), button: "yes"}

    return prepared


def admin_of(model: str):
    return next(screen for each, screen in admin.site._registry.items() if each._meta.model_name == model)


def preview(model: str):
    def prepared(client, user):
        _name, [pk], fields = of_the_report(model)(client, user)
        return f"reports_{model}_preview", [], {**fields, "?of": pk}

    return prepared


def fresh_update(user) -> Update:
    call_command("load_report", verbosity=0)
    recommendation = Recommendation.objects.first()
    fields = {"happened_on": "2019-07-19", "what": "It happened.", "source_name": "Example", "status_after": "met"}
    fields |= {"source_url": "https://example.org/", "recommendation": recommendation, "recorded_by": user}
    return Update.objects.create(**fields)


def of_update(act: str):
    def prepared(client, user):
        update = fresh_update(user)
        path = reverse("admin:reports_update_change", args=[update.pk])
        fields = {"post": "yes"} if act == "delete" else {**drawn(client, path), "what": "It happened otherwise."}
        return f"reports_update_{act}", [update.pk], fields

    return prepared


def of_scheduled_pledge_text(act: str):
    def prepared(client, _user):
        fields = {field: getattr(pledge_text(), field) for field in ("pledge", "agreement", "email_consent")}
        row = PledgeText.objects.create(number=2, published_at=timezone.now() + timedelta(days=1), **fields)
        form = client.get(reverse("admin:pledges_pledgetext_change", args=[row.pk])).context["adminform"].form
        values = {name: form[name].value() or "x" for name in form.fields} | {"read": "on", "pledge": "Another."}
        values["published_at"] = f"{timezone.localtime(row.published_at):%Y-%m-%dT%H:%M}"
        return f"pledges_pledgetext_{act}", [row.pk], {"post": "yes"} if act == "delete" else values

    return prepared


def restoring(_client, user):
    call_command("load_report", verbosity=0)
    row = Recommendation.objects.first()
    oldest = row.history.earliest()
    row.title = "Another"
    row.save()
    return "reports_recommendation_simple_history", [row.pk, oldest.pk], {"_restore": "yes"}


def discarding(client, user):
    name, args, fields = of_the_report("recommendation", "_draft")(client, user)
    client.post(reverse(f"admin:{name}", args=args), fields)
    return name, args, {"_discard": f"{Draft.objects.get().changed_at:%Y%m%d%H%M%S%f}"}


def of_colleague(act: str, **fields: object):
    return lambda _client, _user: (f"staff_staffuser_{act}", [staff("noor@example.org").pk], fields)


def roles_given(_client, _user):
    noor, role = staff("noor@example.org"), Group.objects.get(name="moderator")
    fields = {"email": noor.email, "name": noor.name, "groups": role.pk, "is_active": "on"}
    return "staff_staffuser_change", [noor.pk], fields


def exporting(_client, _user):
    signed(ALICE, by_email=True)
    return "pledges_export_add", [], {"channel": "email", "purpose": "news"}


def unsubscribing(_client, _user):
    signed(ALICE, by_email=True)
    return "pledges_export_unsubscribes", [], {"lines": ALICE.address, "end": "yes"}


def again(_client, user):
    code = later(AuthenticatorApp.objects.get(user=user))
    return "factor_again", [], {"password": PASSWORD, "code": code}


def own(name: str, /, **fields: object):
    return lambda _client, _user: (name, [], fields)


def of_own_passkey(name: str, /, **fields: object):
    def prepared(_client, user):
        passkey = passkey_of(user)
        return name, [passkey.pk] if name == "factor_passkey_change" else [], fields

    return prepared


TEXTS = ("report", "sector", "arrangement", "body", "recommendation", "glossaryterm", "presstext")
ACTS = {
    **{name: lambda _client, _user, prepare=prepare: prepare() for name, prepare in FORMS.items()},
    **{f"{model}_change": of_the_report(model) for model in TEXTS},
    **{f"{model}_preview": preview(model) for model in TEXTS},
    "draft": of_the_report("recommendation", "_draft"),
    "draft_discarded": discarding,
    "restored": restoring,
    **{f"update_{act}": of_update(act) for act in ("change", "delete")},
    **{f"scheduled_pledge_text_{act}": of_scheduled_pledge_text(act) for act in ("change", "delete")},
    "roles": roles_given,
    "invitation_again": of_colleague("invitation"),
    "factor_reset": of_colleague("factor"),
    "export": exporting,
    "unsubscribes": unsubscribing,
    "password_asked_again": again,
    "password": own("password_change", old_password=PASSWORD, new_password1=OTHER, new_password2=OTHER),
    "notices": own("notices", count=5),
    "new_codes": own("factor_codes"),
    "sign_out": own("logout"),
    "app_removed": of_own_passkey("factor_app"),
    "passkey_renamed": of_own_passkey("factor_passkey_change", name="Red key"),
    "sessions_ended": own("sessions_end"),
}  # fmt: skip
# Signing in: tests/campaign/staff/test_second_factor.py, test_passkeys.py and test_invitation.py.
SIGNING_IN = {"login", "factor", "factor_new", "factor_picture", "factor_passkey", "invitation"}
# Pages that only show something, whatever is sent to them.
READ_ONLY = {
    *("index", "app_list", "jsi18n", "autocomplete", "view_on_site", "password_change_done", "factors", "sessions"),
    *("staff_help", "staff_log", "reports_work", "pledges_organisation_queue", "pledges_organisation_queue_end"),
    *("pledges_organisation_entry", "pledges_organisation_text", "pledges_organisation_csv"),
    "pledges_pledgetext_preview",
}
# The report that ships with the site has no replies; they are saved and previewed by the same code as its texts.
LIKE_A_TEXT = {"reports_reply_change", "reports_reply_preview", "reports_update_preview"}


def role_for(name: str) -> str:
    """The role whose pages begin like this; any for one's own account."""
    fitting = [role for role, pages in OPEN.items() if re.match(pages, name) and role != "auditor"]
    return fitting[0] if fitting else "moderator"


def written(queries: CaptureQueriesContext) -> set[str]:
    """The tables that statements wrote to, without sessions and logs."""
    statement = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM) "?(\w+)')
    return {found[1] for query in queries if (found := statement.match(query["sql"]))} - LOGS


@pytest.fixture
def member(client) -> StaffUser:
    return sign_in(client, StaffUser.objects.create_user("r@example.org", PASSWORD, name="R", is_superuser=True), True)


@pytest.mark.parametrize("act", ACTS)
def test_an_act_of_staff_is_carried_out_with_the_role_and_the_database_rights_for_it(client, member, act):
    name, args, fields = ACTS[act](client, member)
    path = reverse(f"admin:{name}", args=args)
    fields = drawn(client, path) if fields is None else fields
    query = {"of": fields.pop("?of")} if "?of" in fields else {}
    StaffUser.objects.filter(pk=member.pk).update(is_superuser=False)
    member.groups.set(Group.objects.filter(name=role_for(name)))
    with CaptureQueriesContext(connection) as queries:
        answer = client.post(path, fields, query_params=query)
    assert answer.status_code in (200, 302)
    if name != "logout" and act != "sessions_ended":  # they only write sessions
        assert written(queries), answer.headers.get("Location") or answer.text


def test_no_act_of_staff_is_left_out(rf, client, member):
    request = rf.get("/")
    request.user = member
    refused = set()
    for model, screen in admin.site._registry.items():
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        refused |= {f"{name}_{kind}" for kind in ("history", "simple_history", "changelist")}
        refused |= {f"{name}_{kind}" for kind in ("add", "change", "delete")
                    if not getattr(screen, f"has_{kind}_permission")(request)}  # fmt: skip
    acted = set()
    for prepare in ACTS.values():
        point = transaction.savepoint()
        acted.add(prepare(client, member)[0])
        transaction.savepoint_rollback(point)
    assert set(ADMIN_URLS) - {""} - refused - acted - SIGNING_IN - READ_ONLY - LIKE_A_TEXT == set()
