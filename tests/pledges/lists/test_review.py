"""New public names as a queue for staff, and names reported by the public."""

import re
from datetime import date
from html import unescape
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils import timezone

from pledges.models import NameDecision, NameReport, PublicName, Signature
from tests.staff_accounts import approved, pledge_text, sign_in, staff

pytestmark = pytest.mark.django_db
REVIEW, REPORT = reverse("admin:pledges_publicname_review"), reverse("pledges:report_name")


def name(text: str, day: date = date(2026, 6, 1)) -> PublicName:
    digest = text.encode().ljust(32, b"-")
    signature = Signature.objects.create(digest=digest, pledge_text=pledge_text(), confirmed_on=day)
    return PublicName.objects.create(signature=signature, name=text, listed_on=day)


def report(client, sent: dict[str, str]):
    return client.post(REPORT, urlencode(sent), content_type="application/x-www-form-urlencoded")


@pytest.fixture
def mona(client):
    permissions = ("view_publicname", "hide_publicname", "view_organisation")
    sign_in(client, staff("mona@example.org", *permissions))
    return client


def test_names_are_looked_at_once_and_those_ticked_are_hidden(mona):
    good, bad = name("Sample Good"), name("Sample Bad")
    page = mona.get(REVIEW)
    assert "2 names that no one on the staff" in page.text
    mona.post(REVIEW, {"seen": [good.ref, bad.ref], "hide": bad.ref, "reason": "abusive"})
    assert list(PublicName.objects.filter(hidden_at=None)) == [good]
    assert NameDecision.objects.get().public_name_ref == bad.ref
    assert "All names have been looked at" in mona.get(REVIEW).text


def test_a_name_that_was_hidden_by_mistake_is_one_press_away(mona):
    name("Sample Shown"), (bad := name("Sample Bad"))
    page = mona.post(REVIEW, {"seen": bad.ref, "hide": bad.ref, "reason": "abusive"}, follow=True).text
    [link] = re.findall(r'<a href="([^"]+)">Show one again', page)
    listed = mona.get(unescape(link)).text
    assert ("Sample Bad" in listed, "Sample Shown" in listed) == (True, False)


def test_a_name_that_came_while_the_page_was_open_is_still_to_be_looked_at(mona):
    seen, later = name("Sample One"), name("Sample Two")
    mona.post(REVIEW, {"seen": seen.ref})
    assert list(PublicName.objects.to_review()) == [later]


def test_hiding_needs_a_reason_and_what_was_ticked_stays_ticked(mona):
    one = name("Sample One")
    answer = mona.post(REVIEW, {"seen": one.ref, "hide": one.ref})
    assert answer.status_code == 422
    assert f'value="{one.ref}" checked' in answer.text
    assert PublicName.objects.to_review().exists()


def test_names_in_quarantine_are_not_shown_for_review(mona):
    one = name("Sample Robot")
    Signature.objects.filter(pk=one.signature_id).update(quarantined_on=timezone.localdate())
    assert "Sample Robot" not in mona.get(REVIEW).text


def test_the_public_reports_a_name_and_staff_settle_it(client, mona):
    sent = {"name": "Buy <b>Bricks</b>", "reason": "abusive"}
    assert report(client, sent).status_code == 303
    assert report(client, sent).status_code == 303
    row = NameReport.objects.get()
    assert "Buy &lt;b&gt;Bricks&lt;/b&gt;" in mona.get(REVIEW).text
    mona.post(reverse("admin:pledges_publicname_settling", args=[row.pk]))
    assert "Bricks" not in mona.get(REVIEW).text


@pytest.mark.parametrize("sent", [{"name": ""}, {"name": "Sample"}, {"name": "a\u202eb", "reason": "false"}])
def test_a_report_that_is_not_complete_is_shown_again(client, sent):
    assert report(client, sent).status_code == 422
    assert not NameReport.objects.exists()


def test_a_report_leads_to_each_entry_with_that_name_in_a_list(client, mona):
    supporter, organisation = name("Sample One"), approved("Sample Two")
    for text in ("sample one", "Sample Two", "Sample Three"):
        report(client, {"name": text, "reason": "false"})
    page = mona.get(REVIEW).text
    assert reverse("admin:pledges_publicname_hiding", args=[supporter.ref]) in page
    assert reverse("admin:pledges_organisation_entry", args=[organisation.ref]) in page
    assert page.count("No list has exactly this name") == 1


def test_after_a_reported_name_is_hidden_its_report_is_shown_again_to_be_settled(client, mona):
    one = name("Sample One")
    report(client, {"name": "Sample One", "reason": "false"})
    answer = mona.post(reverse("admin:pledges_publicname_hiding", args=[one.ref]), {"hide": "True", "reason": "false"})
    assert answer.url == REVIEW


def test_each_list_leads_to_the_form_for_reports(client):
    name("Sample One")
    approved()
    for page in ("supporters", "organisations"):
        assert REPORT in client.get(reverse(f"pledges:{page}")).text
