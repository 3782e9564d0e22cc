"""Uploading unsubscribes in the staff area: a preview first, applied by a second POST."""

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from pledges.models import Consent, Contact
from tests.makers import ALICE, BOB, signed
from tests.staff_accounts import sign_in, staff

pytestmark = pytest.mark.django_db
UPLOAD = reverse("admin:pledges_export_unsubscribes")
LINES = "email,when\nalice@example.org,today\nalice@example.org,again\nnobody\nstranger@example.org,today\n"


@pytest.fixture
def dana(client):
    signed(ALICE, by_email=True)
    signed(BOB, by_email=True)
    sign_in(client, staff("dana@example.org", "view_export", "import_unsubscribes"))
    return client


def test_what_is_uploaded_is_shown_first_and_changes_nothing(dana):
    page = dana.post(UPLOAD, {"file": SimpleUploadedFile("out.csv", LINES.encode())}).text
    assert "2 addresses were read" in page
    assert "column “email”" in page
    assert "1 line repeats another" in page
    assert "Line 4" in page
    assert "stranger@example.org" in page  # comes back with the second POST
    assert Contact.objects.count() == 2


def test_the_second_press_ends_contact_and_is_recorded_without_an_address(dana):
    page = dana.post(UPLOAD, {"lines": LINES, "end": "yes"}, follow=True).text
    assert "2 addresses were read." in page
    assert Consent.objects.get(act="withdrawn").source == "mailing-tool"
    assert Contact.objects.count() == 1
    entry = LogEntry.objects.get()
    assert entry.change_message == "Unsubscribes uploaded: 2 addresses read."
    assert "@" not in entry.object_repr


def test_the_answer_is_the_same_whether_an_address_had_signed(dana):
    pages = [
        dana.post(UPLOAD, {"lines": f"{name}@example.org", "end": "yes"}, follow=True) for name in ("bob", "unknown")
    ]
    told = [[str(message) for message in page.context["messages"]] for page in pages]
    assert told[0] == told[1]


@pytest.mark.parametrize("lines", ["", "\n \n", "no address", "email,mail\na@example.org,b@example.org"])
def test_what_can_not_be_read_is_told_and_comes_back(dana, lines):
    answer = dana.post(UPLOAD, {"lines": lines, "end": "yes"})
    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert Contact.objects.count() == 2


def test_no_other_permission_uploads_unsubscribes(client):
    sign_in(client, staff("mona@example.org", "view_export", "export_contacts"))
    assert client.post(UPLOAD, {"lines": "bob@example.org", "end": "yes"}).status_code == 403
