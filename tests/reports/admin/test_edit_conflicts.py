"""Two editors of one text, and corrections of updates: nothing is lost, and nothing changes unnoticed."""

import pytest
from django.urls import reverse

from campaign.staff.models import StaffUser
from reports.models import Recommendation, Update
from tests import staff_accounts
from tests.reports.admin.test_updates import new_update

ADD = reverse("admin:reports_update_add")


def editor_named(client, name):
    return staff_accounts.sign_in(
        client, StaffUser.objects.create_superuser(f"{name}@example.org", staff_accounts.PASSWORD, name=name)
    )


@pytest.fixture
def edda(client, db):
    return editor_named(client, "Edda")


@pytest.fixture
def drawn(client, edda, schools):
    """What the page of Schools 1 sends as it was drawn now, changed: `drawn(title="…")`."""
    Recommendation.objects.update(why="Because.", applies_in="england")

    def fields(**changes):
        shown = client.get(reverse("admin:reports_recommendation_change", args=[schools.pk])).context["adminform"].form
        values = {name: shown[name].value() for name in shown.fields}
        day, hour = shown.fields["published_at"].widget.decompress(values.pop("published_at"))
        values |= {"published_at_0": day or "", "published_at_1": hour or "", **changes}
        return {name: value for name, value in values.items() if value is not None}

    return fields


def send(client, schools, fields):
    return client.post(reverse("admin:reports_recommendation_change", args=[schools.pk]), fields)


def test_the_second_of_two_editors_is_told_and_both_texts_are_there(client, schools, drawn):
    first, second = drawn(title="From Edda"), drawn(title="From Mona", text="Mona's recommendation.")
    send(client, schools, first)
    answer = send(client, schools, second)
    schools.refresh_from_db()
    assert schools.title == "From Edda"
    assert "Edda changed this at" in answer.text
    assert "It says now: “From Edda”" in answer.text
    form = answer.context["adminform"].form
    assert (form["title"].value(), form["text"].value()) == ("From Mona", "Mona's recommendation.")


def test_what_is_sent_once_more_after_being_told_is_saved(client, schools, drawn):
    first, second = drawn(title="From Edda"), drawn(title="From Mona")
    send(client, schools, first)
    told = send(client, schools, second).context["adminform"].form["seen"].value()
    assert send(client, schools, second | {"seen": told}).status_code == 302
    schools.refresh_from_db()
    assert schools.title == "From Mona"


def test_whom_a_body_is_asked_of_is_compared_too(client, schools, drawn):
    second = drawn(title="From Mona")
    schools.asked_of.clear()
    assert send(client, schools, second).status_code == 200


def test_a_form_without_what_its_editor_saw_saves_nothing(client, schools, drawn):
    fields = drawn(title="From Mona")
    del fields["seen"]
    assert send(client, schools, fields).status_code == 200
    schools.refresh_from_db()
    assert schools.title == "Keep it"


def test_a_status_that_moved_meanwhile_is_no_reason_to_refuse(client, schools, drawn, happen):
    fields = drawn(title="From Mona")
    happen("2019-07-19", status_after="met")
    assert send(client, schools, fields).status_code == 302


def test_saving_what_says_the_same_writes_no_version(client, schools, drawn):
    fields, before = drawn(), schools.history.count()
    send(client, schools, fields)
    assert schools.history.count() == before


def test_the_line_ends_that_browsers_send_are_no_change(client, schools, drawn):
    Recommendation.objects.update(why="One.\n\nTwo.")
    fields, before = drawn(why="One.\r\n\r\nTwo."), schools.history.count()
    send(client, schools, fields)
    assert schools.history.count() == before


def test_the_history_shows_the_words_that_changed(client, schools, drawn):
    long = "one two three four five six seven eight nine ten eleven twelve"
    send(client, schools, drawn(why=f"{long} old."))
    send(client, schools, drawn(why=f"{long} new."))
    page = client.get(reverse("admin:reports_recommendation_history", args=[schools.pk])).text
    assert "<span>… five six" in page
    assert "twelve</span> <del>old.</del> <ins>new.</ins>" in page


def test_an_earlier_version_is_read_and_never_posted_back(client, schools, drawn):
    version = reverse("admin:reports_recommendation_simple_history", args=[schools.pk, schools.history.last().pk])
    assert client.get(version).status_code == 200
    assert client.post(version, drawn(title="Brought back")).status_code == 403
    schools.refresh_from_db()
    assert schools.title == "Keep it"


def test_a_correction_keeps_day_status_and_sources_unless_they_are_changed(client, edda, schools, happen):
    more = {
        "status_after": "met",
        "status_note": "in England",
        "precision": "month",
        "reported_by": "Somebody",
        "second_source_name": "Another",
        "second_source_url": "https://example.com/",
    }
    wrong = happen("2019-07-01", what="It hapened.", **more)
    client.post(ADD, new_update(schools, supersedes=wrong.pk, happened_on="", status_after=""))
    correction = Update.objects.get(supersedes=wrong)
    assert {name: getattr(correction, name) for name in more} == more
    assert correction.happened_on == wrong.happened_on
    schools.refresh_from_db()
    assert schools.status_text == "Met (in England)"


def test_the_form_of_a_correction_is_filled_with_what_it_corrects(client, edda, happen):
    wrong = happen("2019-07-01", status_after="met", precision="month")
    page = reverse("admin:reports_update_change", args=[wrong.pk])
    link = f"{ADD}?recommendation={wrong.recommendation_id}&amp;supersedes={wrong.pk}"
    assert link in client.get(page).text
    form = client.get(link.replace("&amp;", "&")).context["adminform"].form
    shown = [form[name].value() for name in ("what", "status_after", "precision", "supersedes", "shown")]
    assert shown == ["It happened.", "met", "month", wrong.pk, wrong.pk]


def test_what_was_emptied_in_a_filled_form_is_emptied_and_told(client, edda, schools, happen):
    wrong = happen("2019-07-01", status_after="met")
    fields = new_update(schools, supersedes=wrong.pk, shown=wrong.pk, status_after="")
    answer = client.post(ADD, fields, follow=True)
    schools.refresh_from_db()
    assert schools.status == "not-met"
    assert "is now “Not met”; it was “Met”." in answer.text


def test_an_update_without_a_day_that_corrects_nothing_is_refused(client, edda, schools):
    answer = client.post(ADD, new_update(schools, happened_on=""))
    assert answer.context["adminform"].form.errors == {"happened_on": ["This field is required."]}


@pytest.mark.parametrize("nonsense", ["x", "9" * 400, "9" * 5000, "-1", "0"])
def test_a_correction_of_nothing_is_an_ordinary_update(client, edda, schools, nonsense):
    assert client.get(f"{ADD}?supersedes={nonsense}").status_code == 200
