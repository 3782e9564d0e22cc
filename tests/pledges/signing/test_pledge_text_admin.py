"""Pledge texts in the staff area: a new number for each, and no edit once published."""

from datetime import datetime, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from pledges.models import PledgeText, pledge_texts
from tests.staff_accounts import sign_in, staff

pytestmark = pytest.mark.django_db
ADD = reverse("admin:pledges_pledgetext_add")


@pytest.fixture
def editor(client):
    sign_in(client, staff("eddy@example.org", "view_pledgetext", "add_pledgetext"))
    return client


NAMES = ("pledge", "agreement", "email_consent", "post_consent", "public_name_consent", "declaration")


def tomorrow() -> datetime:
    """Noon tomorrow. (An hour from now may be skipped, or come twice, when clocks change.)"""
    return timezone.localtime().replace(hour=12) + timedelta(days=1)


def texts(when, **changes) -> dict:
    moment = f"{when:%Y-%m-%dT%H:%M}"
    return {"language": "en", "read": "on", **dict.fromkeys(NAMES, "Words."), "published_at": moment, **changes}


def test_a_new_pledge_text_starts_from_the_newest(editor):
    assert PledgeText.objects.get().agreement in editor.get(ADD).context["adminform"].form.initial["agreement"]


def test_cancelling_a_scheduled_pledge_text_leads_to_the_list(editor):
    editor.post(ADD, texts(tomorrow()))
    delete = reverse("admin:pledges_pledgetext_delete", args=[PledgeText.objects.latest("pk").pk])
    assert editor.post(delete, {"post": "yes"}).url == reverse("admin:pledges_pledgetext_changelist")
    assert PledgeText.objects.count() == 1


def test_staff_read_the_language_of_a_pledge_text_and_from_when_forms_show_it(editor):
    page = editor.post(ADD, texts(tomorrow()), follow=True).text
    when = date_format(tomorrow(), "j F Y, H:i")
    assert f"Pledge text 2 (English) is scheduled: forms show it from {when}." in page


def test_the_log_names_the_changed_parts_of_a_pledge_text_and_not_the_box_that_was_ticked(editor):
    editor.post(ADD, texts(tomorrow()))
    row = PledgeText.objects.latest("pk")
    change = reverse("admin:pledges_pledgetext_change", args=[row.pk])
    seen = editor.get(change).context["adminform"].form["seen"].value()
    editor.post(change, texts(tomorrow(), pledge="Other words.", seen=seen))
    assert LogEntry.objects.latest("pk").get_change_message() == "Changed Pledge."


def test_a_new_pledge_text_gets_the_next_number(editor):
    editor.post(ADD, texts(tomorrow(), number="77"))
    assert [pledge_text.number for pledge_text in PledgeText.objects.order_by("number")] == [1, 2]


def test_a_welsh_pledge_text_has_numbers_of_its_own_and_is_shown_on_the_welsh_form(editor, client, time_machine):
    editor.post(ADD, texts(tomorrow(), language="cy", pledge="Un addewid."))
    assert PledgeText.objects.get(language="cy").number == 1
    assert "Un addewid." not in client.get("/cy/pledge/").content.decode()
    time_machine.move_to(tomorrow() + timedelta(minutes=1), tick=False)
    pledge_texts.cached_texts.clear()
    assert "Un addewid." in client.get("/cy/pledge/").content.decode()
    assert "Un addewid." not in client.get("/pledge/").content.decode()


def test_a_pledge_text_needs_a_language_in_which_there_is_a_form(editor):
    assert editor.post(ADD, texts(tomorrow(), language="ar")).context["errors"]


@pytest.mark.parametrize("slip", [{"read": ""}, {"published_at": ""}])
def test_a_pledge_text_is_not_published_by_one_careless_click(editor, slip):
    assert editor.post(ADD, texts(tomorrow(), **slip)).context["errors"]
    assert PledgeText.objects.count() == 1


def test_a_pledge_text_in_which_nothing_is_changed_is_refused(editor):
    same = PledgeText.objects.values(
        "pledge", "agreement", "email_consent", "post_consent", "public_name_consent", "declaration"
    )
    errors = editor.post(ADD, texts(tomorrow(), **same.get())).context["errors"]
    assert "Nothing is changed" in str(errors)


def test_a_pledge_text_that_differs_only_in_line_ends_is_refused(editor):
    same = {name: getattr(PledgeText.objects.get(), name) for name in NAMES}
    assert "\n" in same["pledge"]
    sent = {name: text.replace("\n", "\r\n") for name, text in same.items()}
    answer = editor.post(ADD, texts(tomorrow(), **sent))
    assert "Nothing is changed" in answer.text


def test_a_pledge_text_is_not_published_in_the_past(editor):
    assert editor.post(ADD, texts(tomorrow() - timedelta(days=2))).context["errors"]
    assert PledgeText.objects.count() == 1


def test_a_pledge_text_is_never_edited_once_published(editor):
    pledge_text = PledgeText.objects.get()
    change = reverse("admin:pledges_pledgetext_change", args=[pledge_text.pk])
    assert editor.post(change, texts(timezone.now())).status_code == 403
    assert editor.post(reverse("admin:pledges_pledgetext_delete", args=[pledge_text.pk])).status_code == 403


@pytest.fixture
def scheduled(editor) -> PledgeText:
    editor.post(ADD, texts(tomorrow()))
    return PledgeText.objects.get(number=2)


def test_a_scheduled_pledge_text_can_be_edited(editor, scheduled):
    change = reverse("admin:pledges_pledgetext_change", args=[scheduled.pk])
    seen = editor.get(change).context["adminform"].form["seen"].value()
    editor.post(change, texts(tomorrow(), pledge="Other words.", seen=seen))
    assert PledgeText.objects.get(number=2).pledge == "Other words."


def test_the_second_of_two_editors_is_told_and_overwrites_nothing(editor, scheduled):
    change = reverse("admin:pledges_pledgetext_change", args=[scheduled.pk])
    seen = editor.get(change).context["adminform"].form["seen"].value()
    editor.post(change, texts(tomorrow(), pledge="First.", seen=seen))
    assert "It says now: “First.”" in editor.post(change, texts(tomorrow(), pledge="Second.", seen=seen)).text
    assert PledgeText.objects.get(number=2).pledge == "First."


def test_a_scheduled_pledge_text_can_be_cancelled(editor, scheduled):
    editor.post(reverse("admin:pledges_pledgetext_delete", args=[scheduled.pk]), {"post": "yes"})
    assert PledgeText.objects.count() == 1


def test_the_database_refuses_to_change_a_published_pledge_text():
    with pytest.raises(IntegrityError), transaction.atomic():
        PledgeText.objects.update(pledge="Other.")
    with pytest.raises(IntegrityError), transaction.atomic():
        PledgeText.objects.all().delete()


def test_the_list_says_which_is_scheduled_in_force_and_past(editor, scheduled, time_machine):
    listed = reverse("admin:pledges_pledgetext_changelist")
    html = editor.get(listed).text
    assert (html.count(">Scheduled<"), html.count(">In force<")) == (1, 1)
    time_machine.move_to(tomorrow() + timedelta(days=1))
    sign_in(editor, staff("edna@example.org", "view_pledgetext"))
    html = editor.get(listed).text
    assert (html.count(">Past<"), html.count(">In force<")) == (1, 1)


def test_a_preview_compares_with_the_text_in_force_and_saves_nothing(editor):
    current = PledgeText.objects.get()
    same = current.pledge.replace("\n", "\r\n")
    typed = texts(tomorrow(), agreement=current.agreement + " Gladly.", pledge=same)
    html = editor.post(reverse("admin:pledges_pledgetext_preview"), typed).text
    assert "<ins>Gladly.</ins>" in html
    assert html.count("No change") == 1
    assert PledgeText.objects.count() == 1


def test_a_preview_escapes_what_was_typed(editor):
    html = editor.post(reverse("admin:pledges_pledgetext_preview"), texts(tomorrow(), pledge="<b>x</b>")).text
    assert "<b>x</b>" not in html
