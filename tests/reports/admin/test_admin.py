"""The report in the staff area."""

import datetime

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db.models import UniqueConstraint
from django.urls import reverse
from django.utils import timezone

from campaign.staff.models import StaffUser
from reports.models import Arrangement, Body, GlossaryTerm, MovedRecommendation, Recommendation, Report, Sector, Update
from reports.models.updates import GRACE
from tests import staff_accounts

TEXTS = [Report, Sector, Arrangement, Body, Recommendation, GlossaryTerm]


@pytest.fixture
def editor(client, db):
    return staff_accounts.sign_in(
        client, StaffUser.objects.create_superuser("edda@example.org", staff_accounts.PASSWORD, name="Edda")
    )


@pytest.fixture
def today(time_machine) -> datetime.date:
    """The clock stands: no test straddles midnight."""
    time_machine.move_to(timezone.now(), tick=False)
    return timezone.localdate()


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


def new_update(schools, **changes):
    return {
        "recommendation": schools.pk,
        "happened_on": "2019-07-19",
        "precision": "day",
        "what": "It happened.",
        "source_name": "Example",
        "source_url": "https://example.org/",
        "status_after": "met",
        **changes,
    }


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


def test_recording_an_update_moves_the_status_and_names_who(client, editor, schools, today):
    client.post(reverse("admin:reports_update_add"), new_update(schools))
    schools.refresh_from_db()
    assert (schools.status, schools.checked_on) == ("met", today)
    assert Update.objects.get().recorded_by == editor


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"happened_on": "2018-12-02"}, {"status_after": "What happened before the report changes no status."}),
        ({"happened_on": ""}, {"happened_on": "This field is required."}),
        ({"happened_on": "2999-01-01"}, {"happened_on": "That day is in the future. Check the year."}),
        ({"source_url": "http://example.org/"}, {"source_url": "Give its address with https:// in front."}),
        ({"source_url": "nowhere"}, {"source_url": "Enter a valid URL."}),
        ({"source_name": ""}, {"source_name": "This field is required."}),
        ({"second_source_name": "Another"}, {"second_source_url": "A second source needs a name and an address."}),
        (
            {"status_after": "", "status_note": "in England"},
            {"status_after": "A note belongs to a status: choose the status too."},
        ),
    ],
)
def test_an_invalid_update_says_why_at_the_field(client, editor, schools, changes, says):
    answer = client.post(reverse("admin:reports_update_add"), new_update(schools, **changes))
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors == {field: [told] for field, told in says.items()}
    assert Update.objects.count() == 0


def test_above_the_save_button_is_what_saving_an_update_means(client, editor, happen):
    told = "public at once"
    assert told in client.get(reverse("admin:reports_update_add")).text.split('class="submit-row"')[0]
    assert told not in client.get(reverse("admin:reports_update_change", args=[happen("2019-07-19").pk])).text


def correctable(answer):
    return [label for value, label in answer.context["adminform"].form.fields["supersedes"].choices if value]


def test_what_can_be_corrected_is_told_apart_by_its_text(client, editor, happen):
    happen("2019-07-19", what="It was published. " * 9)
    (label,) = correctable(client.get(reverse("admin:reports_update_add")))
    assert label.startswith("Schools 1, 19 July 2019: It was published. It was")
    assert label.endswith("…")


def test_only_updates_of_the_same_recommendation_can_be_corrected(client, editor, schools, happen):
    wrong = happen("2019-07-19")
    other = Recommendation.objects.create(sector=schools.sector, number=2, key="schools-2")
    add = reverse("admin:reports_update_add")
    assert len(correctable(client.get(f"{add}?recommendation={schools.pk}"))) == 1
    assert correctable(client.get(f"{add}?recommendation={other.pk}")) == []
    for nonsense in ("x", "9" * 99, "9" * 5000):
        assert client.get(f"{add}?recommendation={nonsense}").status_code == 200
    answer = client.post(f"{add}?recommendation={schools.pk}", new_update(other, supersedes=wrong.pk))
    assert correctable(answer) == []
    told = "Choose an update of this recommendation that nothing corrects yet."
    assert answer.context["adminform"].form.errors == {"supersedes": [told]}


def test_staff_who_break_a_constraint_are_told_in_words(rf):
    """Django has words for what must be there once; for what must hold it only knows a name."""
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


@pytest.fixture
def edit(client):
    """What the page of an update would send, changed: `edit(update, what="Other.")`."""

    def filled(update, **changes):
        address = reverse("admin:reports_update_change", args=[update.pk])
        shown = client.get(address).context["adminform"].form
        values = {name: shown[name].value() for name in shown.fields}
        return address, {name: value or "" for name, value in values.items()} | changes

    return filled


def test_an_update_is_edited_within_its_first_hour_and_moves_the_status(client, editor, schools, happen, edit):
    update = happen("2019-07-19", status_after="met")
    client.post(*edit(update, what="Other.", status_after="partly-met"))
    update.refresh_from_db()
    schools.refresh_from_db()
    assert (update.what, schools.status) == ("Other.", "partly-met")


def test_an_update_is_taken_back_within_its_first_hour(client, editor, schools, happen):
    update = happen("2019-07-19", status_after="met")
    client.post(reverse("admin:reports_update_delete", args=[update.pk]), {"post": "yes"})
    schools.refresh_from_db()
    assert (Update.objects.count(), schools.status) == (0, "not-met")


def test_an_edit_that_comes_too_late_says_so_and_keeps_what_was_typed(client, editor, happen, edit, time_machine):
    update = happen("2019-07-19")
    address, values = edit(update, what="Other.")
    time_machine.move_to(timezone.now() + GRACE)
    answer = client.post(address, values)
    assert "The hour in which it could be edited is over" in answer.text
    assert "Other." in answer.text
    assert Update.objects.get().what == "It happened."


def test_an_update_is_never_taken_back_after_its_first_hour(client, editor, happen, time_machine):
    update = happen("2019-07-19")
    time_machine.move_to(timezone.now() + GRACE)
    delete = reverse("admin:reports_update_delete", args=[update.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403


def test_the_second_of_two_who_edit_an_update_is_told(client, editor, happen, edit):
    update = happen("2019-07-19")
    first, second = edit(update, what="First."), edit(update, what="Second.")
    client.post(*first)
    assert "It says now: “First.”" in client.post(*second).text
    assert Update.objects.get().what == "First."


def test_an_update_can_be_previewed_on_its_page(client, editor, schools):
    answer = client.post(reverse("admin:reports_update_preview"), new_update(schools))
    assert "It happened." in answer.text
    assert "Preview: nothing is saved" in answer.text
    schools.refresh_from_db()
    assert (Update.objects.count(), schools.status) == (0, "not-met")


def test_beside_each_update_is_the_next_step(client, editor, happen, time_machine):
    happen("2019-07-19")
    listed = reverse("admin:reports_update_changelist")
    assert "Edit or delete" in client.get(listed).text
    time_machine.move_to(timezone.now() + GRACE)
    assert "Correct this" in client.get(listed).text


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


def test_staff_see_what_was_not_checked_for_90_days(client, editor, schools, today):
    address = reverse("admin:reports_recommendation_changelist") + "?checked=overdue"
    for days, seen in ((None, 1), (91, 1), (90, 0)):
        checked_on = today - datetime.timedelta(days=days) if days else None
        Recommendation.objects.update(checked_on=checked_on)
        assert len(client.get(address).context["cl"].result_list) == seen


def test_the_staff_area_tells_editors_how_many_that_are(client, editor, schools, today):
    leads_on = reverse("admin:reports_recommendation_changelist") + "?checked=overdue"
    assert leads_on in client.get(reverse("admin:index")).content.decode()
    Recommendation.objects.update(checked_on=today)
    assert leads_on not in client.get(reverse("admin:index")).content.decode()


def test_staff_note_that_nothing_has_changed(client, editor, schools, today):
    action = {"action": "checked_today", "_selected_action": [schools.pk]}
    client.post(reverse("admin:reports_recommendation_changelist"), action)
    schools.refresh_from_db()
    assert (schools.checked_on, schools.history.first().history_user) == (today, editor)
    assert LogEntry.objects.get().change_message == "Checked: nothing has changed."


def test_who_may_only_read_can_not_preview_or_check(client, schools):
    staff_accounts.sign_in(client, staff_accounts.staff("vera@example.org", "view_recommendation"))
    preview = f"{reverse('admin:reports_recommendation_preview')}?of={schools.pk}"
    assert client.post(preview, {}).status_code == 403
    client.post(
        reverse("admin:reports_recommendation_changelist"),
        {"action": "checked_today", "_selected_action": [schools.pk]},
    )
    schools.refresh_from_db()
    assert schools.checked_on is None


def test_an_editor_may_take_an_update_back_though_no_role_may_delete(client, happen):
    staff_accounts.sign_in(client, staff_accounts.staff("ed@example.org", "change_update", "view_update"))
    client.post(reverse("admin:reports_update_delete", args=[happen("2019-07-19").pk]), {"post": "yes"})
    assert Update.objects.count() == 0


def test_the_history_tells_of_a_change_of_status_and_of_the_day_of_the_last_check(client, editor, happen):
    schools = happen("2019-07-19", status_after="partly-met").recommendation
    page = client.get(reverse("admin:reports_recommendation_history", args=[schools.pk])).text
    assert "<strong>Status</strong>: <del>Not</del> <ins>Partly</ins> <span>met</span>" in page
    assert "<strong>Last checked</strong>: <del>–</del> <ins>5 January 2026</ins>" in page
