"""Wordings in the admin: a new number, never an edit."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from pledges.models import PledgeText
from tests.staff_accounts import sign_in, staff

pytestmark = pytest.mark.django_db
ADD = reverse("admin:pledges_pledgetext_add")


@pytest.fixture
def editor(client):
    sign_in(client, staff("eddy@example.org", "view_pledgetext", "add_pledgetext"))
    return client


NAMES = ("pledge", "agreement", "email_consent", "post_consent", "public_name_consent", "declaration")


def tomorrow() -> datetime:
    """At noon, which every day has once: an hour from now may be skipped, or come twice, when clocks change."""
    return timezone.localtime().replace(hour=12) + timedelta(days=1)


def texts(when, **changes) -> dict:
    moment = f"{when:%Y-%m-%dT%H:%M}"
    return {
        "language": "en",
        "read": "on",
        **dict.fromkeys(NAMES, "Words."),
        "published_at": moment,
        **changes,
    }


def test_a_new_wording_starts_from_the_newest(editor):
    assert (
        PledgeText.objects.get().agreement in editor.get(ADD).context["adminform"].form.initial["agreement"]
    )


def test_a_new_wording_gets_the_next_number(editor):
    editor.post(ADD, texts(tomorrow(), number="77"))
    assert [pledge_text.number for pledge_text in PledgeText.objects.order_by("number")] == [1, 2]


@pytest.mark.parametrize("slip", [{"read": ""}, {"published_at": ""}])
def test_a_wording_is_not_published_by_one_careless_click(editor, slip):
    assert editor.post(ADD, texts(tomorrow(), **slip)).context["errors"]
    assert PledgeText.objects.count() == 1


def test_a_wording_in_which_nothing_is_changed_is_refused(editor):
    same = PledgeText.objects.values(
        "pledge", "agreement", "email_consent", "post_consent", "public_name_consent", "declaration"
    )
    errors = editor.post(ADD, texts(tomorrow(), **same.get())).context["errors"]
    assert "Nothing is changed" in str(errors)


def test_a_wording_is_not_published_in_the_past(editor):
    assert editor.post(ADD, texts(tomorrow() - timedelta(days=2))).context["errors"]
    assert PledgeText.objects.count() == 1


def test_a_wording_is_never_edited(editor):
    pledge_text = PledgeText.objects.get()
    change = reverse("admin:pledges_pledgetext_change", args=[pledge_text.pk])
    assert editor.post(change, texts(timezone.now())).status_code == 403
    assert editor.post(reverse("admin:pledges_pledgetext_delete", args=[pledge_text.pk])).status_code == 403
