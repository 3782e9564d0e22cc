"""Drafts of public texts: saved separately, scheduled, published as one; earlier versions restored."""

import datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from reports.admin import drafts
from reports.models import Draft, Recommendation
from tests.reports.admin.test_edit_conflicts import drawn, edda  # noqa: F401 - fixtures
from tests.staff_accounts import pledge_text

AFTERWARDS = datetime.datetime(2030, 1, 6, tzinfo=datetime.UTC)


@pytest.fixture
def send(client, schools, drawn):  # noqa: F811
    """Send the form of Schools 1: `send("_draft", title="…")`; with `draft`, the form of that draft."""
    change = reverse("admin:reports_recommendation_change", args=[schools.pk])

    def sent(button, *, address="", fields=None, **changes):
        return client.post(address or change, {**(fields or drawn(**changes)), button: "1"})

    return sent


def title() -> str:
    return Recommendation.objects.get().title


def discard(client, schools, seen):
    change = reverse("admin:reports_recommendation_change", args=[schools.pk])
    return client.post(change, {"_discard": seen}, follow=True)


def test_a_draft_leaves_the_public_text_alone_until_it_is_saved(client, send, drawn):  # noqa: F811
    send("_draft", title="Later")
    assert title() == "Keep it"
    address = drafts.address(Draft.objects.get())
    assert 'value="Later"' in client.get(address).text
    send("_save", address=address, title="Later")
    assert (title(), Draft.objects.count()) == ("Later", 0)


def test_a_scheduled_draft_is_published_at_its_time_and_in_its_authors_name(send, schools, edda):  # noqa: F811
    send("_draft", title="Later", text="Both.", publish_at="2030-01-05T12:00")
    assert drafts.publish_due(datetime.datetime(2030, 1, 5, 11, 59, tzinfo=datetime.UTC)) == 0
    assert drafts.publish_due(datetime.datetime(2030, 1, 5, 12, 0, tzinfo=datetime.UTC)) == 1
    row = Recommendation.objects.get()
    assert (row.title, row.text, row.history.first().history_user) == ("Later", "Both.", edda)


def test_a_draft_never_overwrites_what_was_saved_since(client, send):
    send("_draft", title="Later", publish_at="2030-01-05T12:00")
    send("_save", title="Meanwhile")
    assert "The public text was changed since" in client.get(reverse("admin:reports_work")).text
    assert drafts.publish_due(AFTERWARDS) == 0
    assert title() == "Meanwhile"
    Draft.objects.update(publish_at=timezone.now())
    assert "Could not be published" in client.get(reverse("admin:reports_work")).text


def test_a_draft_is_not_published_for_somebody_who_may_not_any_more(send, edda):  # noqa: F811
    send("_draft", title="Later", publish_at="2030-01-05T12:00")
    edda.is_superuser = False
    edda.save()
    assert drafts.publish_due(AFTERWARDS) == 0


def test_the_second_of_two_who_draft_a_text_is_told_and_keeps_what_was_typed(send):
    send("_draft", title="First")
    answer = send("_draft", title="Second")
    assert "has saved a draft of this text" in answer.text
    assert "Second" in answer.text
    assert Draft.objects.get().data["title"] == ["First"]


def test_a_time_that_is_none_is_refused_and_nothing_is_lost(send):
    answer = send("_draft", title="Later", publish_at="soon")
    assert "Give the day and the time" in answer.text
    assert "Later" in answer.text
    assert (title(), Draft.objects.count()) == ("Keep it", 0)


def test_a_time_that_is_over_is_refused_and_nothing_is_published(send):
    answer = send("_draft", title="Later", publish_at="2020-01-05T12:00")
    assert "That time is in the past" in answer.text
    assert 'value="2020-01-05T12:00"' in answer.text
    assert (title(), Draft.objects.count()) == ("Keep it", 0)


def test_a_draft_can_be_discarded_which_is_recorded(client, send, schools):
    send("_draft", title="Later")
    discard(client, schools, drafts.version(Draft.objects.get()))
    assert (title(), Draft.objects.count()) == ("Keep it", 0)
    assert LogEntry.objects.get().change_message == "The draft was discarded."


def test_a_draft_that_a_colleague_saved_again_is_not_discarded(client, send, schools):
    send("_draft", title="Later")
    seen = drafts.version(Draft.objects.get())
    send("_draft", address=drafts.address(Draft.objects.get()), title="Even later")
    assert "has saved a draft" in discard(client, schools, seen).text
    assert Draft.objects.get().data["title"] == ["Even later"]


def test_publishing_a_draft_never_overwrites_what_a_colleague_saved_in_it_since(send):
    send("_draft", title="First")
    seen = drafts.address(Draft.objects.get())
    send("_draft", address=seen, title="Second")
    answer = send("_save", address=seen, title="First")
    assert "has saved a draft of this text" in answer.text
    assert (title(), Draft.objects.get().data["title"]) == ("Keep it", ["Second"])


def test_saving_beside_a_draft_tells_that_both_must_be_put_together(client, send):
    send("_draft", title="Later", publish_at="2030-01-05T12:00")
    told = client.get(send("_save", title="Meanwhile").url).text
    assert "The draft by Edda was begun before this change" in told


def test_a_draft_that_exists_is_told_above_the_form(client, send, schools, drawn):  # noqa: F811
    send("_draft", title="Later")
    page = client.get(reverse("admin:reports_recommendation_change", args=[schools.pk])).text
    assert page.index("There is a draft of this text") < page.index('id="id_title"')


def test_saving_a_scheduled_draft_says_when_it_is_published(client, send, drawn):  # noqa: F811
    answer = send("_draft", publish_at="2030-01-05T12:00")
    assert "it will be published on 5 January 2030, 12:00" in client.get(answer.url).text


def test_a_text_that_is_public_says_that_saving_changes_it_at_once(client, editor, schools):
    form = reverse("admin:reports_recommendation_change", args=[schools.pk])
    assert "“Save” changes it at once" in client.get(form).text
    type(schools).objects.update(published_at=None)
    assert "“Save” changes it at once" not in client.get(form).text


def test_a_version_in_which_nothing_changed_is_left_out_of_the_history(client, send, schools, drawn):  # noqa: F811
    send("_save", title="Newer")
    schools.refresh_from_db()
    schools.save()
    send("_save", title="Newest")
    page = client.get(reverse("admin:reports_recommendation_history", args=[schools.pk])).text
    assert ("Saved, with nothing changed" in page, page.count("<strong>Title</strong>")) == (False, 2)


def test_each_text_is_once_among_the_recent_edits_with_its_kind(client, send, drawn):  # noqa: F811
    send("_save", title="Newer")
    send("_save", title="Newest")
    page = client.get(reverse("admin:reports_work")).text
    edits = page[page.index("Recent edits") :]
    assert edits.count("Newest</a>") == 1
    assert "recommendation <a" in edits


def test_a_scheduled_pledge_text_is_among_what_is_scheduled(client, send, drawn):  # noqa: F811
    text = pledge_text()
    text.pk, text.number, text.published_at = None, 2, timezone.now() + datetime.timedelta(days=1)
    text.save(force_insert=True)
    assert "Pledge text 2 (English)" in client.get(reverse("admin:reports_work")).text


def test_a_scheduled_draft_that_is_published_is_in_the_log_of_staff_acts(send):
    send("_draft", title="Later", publish_at="2030-01-05T12:00")
    drafts.publish_due(AFTERWARDS)
    assert LogEntry.objects.get().change_message == "The scheduled draft was published."


def test_an_earlier_version_is_restored_as_a_draft(client, send, schools, drawn):  # noqa: F811
    send("_save", title="Newer")
    oldest = schools.history.last()
    history = reverse("admin:reports_recommendation_history", args=[schools.pk])
    assert "Restore this version as a draft" in client.get(history).text
    address = reverse("admin:reports_recommendation_simple_history", args=[schools.pk, oldest.pk])
    client.post(address, {"_restore": "1"})
    assert title() == "Newer"
    assert Draft.objects.get().data["title"] == ["Keep it"]
    form = client.get(drafts.address(Draft.objects.get())).text
    assert 'value="Keep it"' in form
    assert "is not a valid value" not in form
    assert "<del>Newer</del> <ins>Keep it</ins>" in form
    shown = drawn()["published_at_0"]
    assert shown
    assert Draft.objects.get().data["published_at_0"] == [shown.strftime("%d/%m/%Y")]  # as the form of the text has it


def test_the_draft_says_what_it_changes_in_the_public_text(client, send):
    send("_draft", title="Keep all of it", applies_in="uk")
    form = client.get(drafts.address(Draft.objects.get())).text
    assert "<span>Keep</span> <ins>all of</ins> <span>it</span>" in form
    assert "<dt>Applies in</dt><dd><del>England</del> <ins>" in form
    assert "Save and add another" not in form


def test_restoring_leaves_the_draft_that_is_there(client, send, schools):
    send("_save", title="Newer")
    send("_draft", title="Later")
    oldest = schools.history.last().pk
    address = reverse("admin:reports_recommendation_simple_history", args=[schools.pk, oldest])
    answer = client.post(address, {"_restore": "1"}, follow=True)
    assert "Publish or discard it first" in answer.text
    assert Draft.objects.get().data["title"] == ["Later"]


def test_the_button_that_publishes_a_draft_says_so(client, send, schools):
    send("_draft", title="Later")
    change = reverse("admin:reports_recommendation_change", args=[schools.pk])
    draft = client.get(drafts.address(Draft.objects.get())).text
    assert 'value="Publish the draft now"' in draft
    assert 'value="Save"' not in draft
    assert 'value="Save"' in client.get(change).text


def test_editors_see_drafts_scheduled_texts_and_recent_edits_first(client, send):
    send("_draft", title="Later", publish_at="2030-01-05T12:00")
    html = client.get(reverse("admin:reports_work")).text
    assert "5 January 2030, 12:00" in html
    assert "was changed since" not in html
    assert "Recent edits" in html
