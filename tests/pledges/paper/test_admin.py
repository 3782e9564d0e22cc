"""Staff enter how many signed on paper: corrected, on record, and in no other number."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from pledges.models import PaperCount, Totals
from pledges.privacy import erasure
from pledges.statistics import totals
from tests.staff_accounts import sign_in, staff

pytestmark = pytest.mark.django_db
ADD = reverse("admin:pledges_papercount_add")
LIST = reverse("admin:pledges_papercount_changelist")


@pytest.fixture
def mona(client):
    sign_in(client, staff("mona@example.org", "view_papercount", "add_papercount"))
    return client


def form_of(client, path=ADD):
    """What the page sends as it stands."""
    form = client.get(path).context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in values.items()}


def enter(client, signatures):
    return client.post(ADD, {**form_of(client), "signatures": signatures})


def correction_of(count):
    return f"{ADD}?count={count.ref}"


def test_a_count_is_recorded_with_its_day_and_who_entered_it(mona):
    assert enter(mona, 14).status_code == 302
    count = PaperCount.objects.get()
    assert (count.signatures, count.counted_on) == (14, timezone.localdate())
    assert count.entered_by.email == "mona@example.org"


def test_a_correction_is_a_new_version_and_the_newest_counts(mona):
    enter(mona, 14)
    enter(mona, 30)
    first = PaperCount.objects.get(signatures=14)
    assert correction_of(first).partition("?")[2] in mona.get(LIST).text
    mona.post(ADD, {**form_of(mona, correction_of(first)), "signatures": 41})
    assert PaperCount.objects.total() == 71
    assert PaperCount.objects.count() == 3
    assert "corrected since" in mona.get(LIST).text


def test_of_two_who_correct_one_count_the_second_is_told_first(mona):
    enter(mona, 14)
    sent = form_of(mona, correction_of(PaperCount.objects.get()))
    mona.post(ADD, {**sent, "signatures": 15})
    answer = mona.post(ADD, {**sent, "signatures": 16})
    assert "changed this before you, to 15" in answer.text
    assert PaperCount.objects.total() == 15
    mona.post(ADD, {**sent, "signatures": 16, "seen": answer.context["adminform"].form["seen"].value()})
    assert PaperCount.objects.total() == 16


@pytest.mark.parametrize(
    "wrong",
    [
        {"signatures": "-1"},
        {"signatures": "10001"},
        {"signatures": "9" * 30},
        {"counted_on": (timezone.localdate() + timedelta(days=2)).isoformat()},
        {"count": "x"},
        {"seen": "7"},
    ],
)
def test_a_wrong_entry_is_refused_and_saves_nothing(mona, wrong):
    answer = mona.post(ADD, {**form_of(mona), "signatures": 14, **wrong})
    assert answer.status_code == 200
    assert answer.context["errors"]
    assert not PaperCount.objects.exists()


def test_a_link_to_correct_what_is_not_there_opens_an_empty_form(mona):
    assert form_of(mona, f"{ADD}?count={uuid.uuid4()}")["seen"] == 0
    assert form_of(mona, f"{ADD}?count=x")["signatures"] == ""


def test_after_the_last_count_nothing_is_entered(mona):
    Totals.objects.create(
        pk=1, people=10, exact_people=10, organisations=0, counted_at=timezone.now(), closed_at=timezone.now()
    )
    assert "its numbers are final" in enter(mona, 14).text
    assert not PaperCount.objects.exists()


def published(client, signatures):
    """What everyone sees after an hourly count."""
    enter(client, signatures)
    totals.recount(timezone.now())
    return (client.get("/").text, client.get("/pledge/numbers/").text, client.get("/pledge/numbers.json").json())


def test_the_sum_is_published_as_a_line_of_its_own_and_in_no_other_number(mona):
    home, numbers, data = published(mona, 47)
    for page in (home, numbers):
        assert "And 40 on paper." in page
    assert data["total"]["on_paper"] == 40
    assert data["total"]["people"] == "under 10"
    assert "on paper" in mona.get("/pledge/numbers.csv").text


def test_fewer_than_ten_on_paper_are_not_mentioned(mona):
    home, numbers, data = published(mona, 9)
    assert "on paper." not in home + numbers
    assert data["total"]["on_paper"] == "under 10"


def test_the_log_says_who_entered_and_who_corrected(client):
    reader = staff("aud@example.org", "view_log")
    by = staff("mona@example.org")
    row = {"ref": uuid.uuid4(), "counted_on": "2027-01-03", "entered_by": by, "entered_at": timezone.now()}
    PaperCount.objects.create(version=1, signatures=14, **row)
    PaperCount.objects.create(version=2, signatures=15, **row)
    sign_in(client, reader)
    said = [line.more for line, _opens in client.get("/admin/log/", {"kind": "paper"}).context["lines"]]
    assert said == ["14 (3 Jan 2027) → 15 (3 Jan 2027)", "14 (3 Jan 2027)"]
    assert not client.get("/admin/log/", {"kind": "texts"}).context["lines"]


def test_the_version_in_force_stays_however_old():
    long_ago = timezone.now() - timedelta(days=9 * 366)
    row = {"ref": uuid.uuid4(), "counted_on": "2017-01-03", "entered_by": staff(), "entered_at": long_ago}
    PaperCount.objects.create(version=1, signatures=14, **row)
    held = PaperCount.objects.create(version=2, signatures=15, **row)
    erasure.erase(timezone.now(), erasure.due(timezone.now()))
    assert PaperCount.objects.get() == held


def test_a_stored_count_can_be_opened_and_not_changed(mona):
    enter(mona, 12)
    page = mona.get(reverse("admin:pledges_papercount_change", args=[PaperCount.objects.get().pk]))
    assert page.status_code == 200
    assert 'name="signatures"' not in page.text
