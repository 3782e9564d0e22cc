"""The texts of the report in the staff area: edited, previewed, moved, never deleted."""

import datetime

import pytest
from django.contrib import admin
from django.db.models import UniqueConstraint
from django.urls import reverse
from django.utils import timezone

from campaign.staff.models import StaffUser
from reports.models import Arrangement, Body, GlossaryTerm, MovedRecommendation, Recommendation, Report, Sector

TEXTS = [Report, Sector, Arrangement, Body, Recommendation, GlossaryTerm]


@pytest.fixture
def form(client, editor, schools):
    """What the page of Schools 1 would send, changed: `form(number=2)`."""
    address = reverse("admin:reports_recommendation_change", args=[schools.pk])

    def filled(**changes):
        shown = client.get(address).context["adminform"].form
        values = {name: shown[name].value() for name in shown.fields}
        day, hour = shown.fields["published_at"].widget.decompress(values.pop("published_at"))
        times = {"published_at_0": day or "", "published_at_1": hour or ""}
        given = {**values, **times, "applies_in": "england", "why": "Because.", **changes}
        return address, {name: value for name, value in given.items() if value is not None}

    return filled


def test_an_edit_keeps_the_earlier_version_and_who_made_it(client, editor, schools, form):
    client.post(*form(title="Keep it well"))
    newest = schools.history.first()
    assert (newest.title, newest.history_user) == ("Keep it well", editor)
    html = client.get(reverse("admin:reports_recommendation_history", args=[schools.pk])).content.decode()
    assert "<span>Keep it</span> <ins>well</ins>" in html


def test_what_staff_paste_is_tidied(client, schools, form):
    client.post(*form(title="\u200bKeep it well\ufeff", text="\u2060Keep it here.\u00a0"))
    schools.refresh_from_db()
    assert (schools.title, schools.text) == ("Keep it well", "Keep it here.")


def test_an_edit_leaves_the_status_alone(client, schools, form, happen):
    address, values = form(title="Keep it well", status="met", checked_on="2020-01-01")
    happen("2019-07-19", status_after="partly-met")
    client.post(address, values)
    schools.refresh_from_db()
    assert (schools.title, schools.status, schools.checked_on) == (
        "Keep it well", "partly-met", datetime.date(2026, 1, 5),
    )  # fmt: skip


def test_a_preview_shows_the_page_and_saves_nothing(client, schools, form):
    _, values = form(text="Keep it here.", published_at_0="", published_at_1="")
    before = (schools.history.count(), MovedRecommendation.objects.count())
    answer = client.post(f"{reverse('admin:reports_recommendation_preview')}?of={schools.pk}", values)
    assert "Keep it here." in answer.content.decode()
    assert "Preview: nothing is saved" in answer.content.decode()
    assert "https://pledge.example.org/report/schools/1/" in answer.content.decode()  # to cite
    assert answer.headers["Cache-Control"] == "no-store"
    schools.refresh_from_db()
    assert schools.text == "Keep it there."
    assert (schools.history.count(), MovedRecommendation.objects.count()) == before


def test_what_is_new_can_be_previewed_too(client, schools, form):
    _, values = form(number=2, key="schools-2", title="Something new", quotation_page="", quotation="")
    answer = client.post(reverse("admin:reports_recommendation_preview"), values)
    assert "Something new" in answer.content.decode()
    assert Recommendation.objects.count() == 1


def test_a_preview_of_what_can_not_be_saved_says_why(client, schools, form):
    _, values = form(title="")
    answer = client.post(f"{reverse('admin:reports_recommendation_preview')}?of={schools.pk}", values)
    assert answer.status_code == 422
    assert "Title" in answer.content.decode()


@pytest.mark.parametrize("model", TEXTS)
def test_each_text_has_a_page_to_preview(client, editor, schools, model):
    now = timezone.now()
    GlossaryTerm.objects.create(slug="t", name="term", meaning="m", published_at=now)
    arrangement = {"slug": "a", "position": 1, "label": "A", "tone": "health", "shared": "s", "state": "s"}
    Arrangement.objects.create(report=schools.sector.report, published_at=now, **arrangement).shared_by.add(
        Body.objects.get()
    )
    model.objects.filter(slug="schools").update(lead="Lead.") if model is Sector else None
    row = model.objects.get()
    name = f"admin:reports_{model._meta.model_name}"
    shown = client.get(reverse(f"{name}_change", args=[row.pk])).context["adminform"].form
    values = {field: shown[field].value() for field in shown.fields}
    values = {field: "x" if value in ("", None) else value for field, value in values.items()}
    values |= {
        "published_at_0": "",
        "published_at_1": "",
        "source_url": "",
        "quotation_page": "12",
        "report_page": "20",
        "page_url": "",
        "also": "",
    }
    values |= {"exists_from": "", "exists_until": "", "successor": "", "since": "", "ended_on": "", "applies_in": "uk"}
    answer = client.post(f"{reverse(f'{name}_preview')}?of={row.pk}", values)
    assert answer.status_code == 200, answer.content.decode()[-2000:]
    assert "Preview: nothing is saved" in answer.content.decode()


def test_a_moved_recommendation_leads_on_from_its_old_address(client, schools, form):
    client.post(*form(number=4))
    answer = client.get("/report/schools/1/")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/report/schools/4/")
    client.post(*form(number=1))
    assert client.get("/report/schools/1/").status_code == 200
    assert client.get("/report/schools/4/").headers["Location"] == "/report/schools/1/"


def test_a_moved_text_that_was_withdrawn_leads_to_no_other_address(client, schools, form):
    client.post(*form(number=4, published_at_0="", published_at_1=""))
    assert client.get("/report/schools/1/").status_code == 410


def test_staff_who_break_a_constraint_are_told_in_words(rf):
    """Django has words for a unique constraint; for a check constraint it only shows its name."""
    request = rf.get("/admin/")
    request.user = StaffUser(is_superuser=True)
    silent = [
        constraint.name
        for model, screen in admin.site._registry.items()
        if screen.has_add_permission(request) or screen.has_change_permission(request)
        for constraint in model._meta.constraints
        if not (isinstance(constraint, UniqueConstraint) and constraint.fields and not constraint.condition)
        and constraint.violation_error_message == constraint.default_violation_error_message
    ]
    assert silent == []


@pytest.mark.parametrize("model", TEXTS)
def test_no_text_is_deleted(client, editor, schools, model):
    assert client.post(
        reverse(f"admin:reports_{model._meta.model_name}_delete", args=[1]), {"post": "yes"}
    ).status_code in (403, 302)
    assert client.post(
        reverse(f"admin:reports_{model._meta.model_name}_changelist"),
        {"action": "delete_selected", "_selected_action": [1], "post": "yes"},
    ).status_code in (200, 302)
    assert Recommendation.objects.count() == 1


def test_the_history_tells_of_a_change_of_status_and_of_the_day_of_the_last_check(client, editor, happen):
    schools = happen("2019-07-19", status_after="partly-met").recommendation
    page = client.get(reverse("admin:reports_recommendation_history", args=[schools.pk])).text
    assert "<strong>Status</strong>: <del>Not</del> <ins>Partly</ins> <span>met</span>" in page
    assert "<strong>Last checked</strong>: <del>–</del> <ins>5 January 2026</ins>" in page
