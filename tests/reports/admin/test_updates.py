"""Updates in the staff area: recorded, corrected, and edited or taken back within the first hour."""

import pytest
from django.urls import reverse
from django.utils import timezone

from reports.models import Recommendation, Update
from reports.models.updates import GRACE
from tests import staff_accounts


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


def test_an_update_that_names_no_status_leaves_it_unchanged(client, editor):
    assert '<option value="" selected>unchanged</option>' in client.get(reverse("admin:reports_update_add")).text


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


def test_an_editor_may_take_an_update_back_though_no_role_may_delete(client, happen):
    staff_accounts.sign_in(client, staff_accounts.staff("ed@example.org", "change_update", "view_update"))
    client.post(reverse("admin:reports_update_delete", args=[happen("2019-07-19").pk]), {"post": "yes"})
    assert Update.objects.count() == 0
