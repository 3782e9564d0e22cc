"""Other work of moderators in the admin: several organisations at once, downloads, the switch of the lists."""

from datetime import date

import pytest
from django.urls import reverse

from pledges.models import ListVisibility, Organisation, OrganisationDecision
from pledges.organisations import pasted_list
from tests.staff_accounts import approved, sign_in, staff, waiting

pytestmark = pytest.mark.django_db
LINES = "Sample Midwives' Circle;https://example.org;Health\nExample Clinic;;legal"


@pytest.fixture
def moderator(client):
    permissions = (
        "view_organisation",
        "decide_organisation",
        "enter_organisation",
        "switch_lists",
        "view_listvisibility",
    )
    sign_in(client, staff("noor@example.org", *permissions))
    return client


def url(name: str, *args) -> str:
    return reverse(f"admin:pledges_organisation_{name}", args=args)


def seen(organisation: Organisation, version: int = 1) -> str:
    return f"{organisation.ref}:{version}"


def test_several_are_shown_before_they_are_approved(moderator):
    rows = [waiting("Example One"), waiting("Example Two")]
    chosen = {"seen": [seen(row) for row in rows]}
    shown = moderator.post(url("approvals"), chosen).text
    assert "Example One" in shown
    assert "School or college · https://www.example.org" in shown
    assert not Organisation.objects.listed().exists()
    moderator.post(url("approvals"), chosen | {"approve": "yes"})
    assert Organisation.objects.listed().count() == 2


def test_of_several_those_that_changed_meanwhile_are_left_out_and_named(moderator):
    same, changed = waiting("Example One"), waiting("Example Two")
    waiting("Example Two", website="https://example.com")
    answer = moderator.post(url("approvals"), {"seen": [seen(same), seen(changed)], "approve": "yes"}, follow=True)
    assert "Approved: 1." in answer.text
    assert "Someone decided about 1 of them" in answer.text
    assert list(Organisation.objects.listed()) == [same]


def test_where_somebody_decided_about_all_of_them_nothing_was_approved(moderator):
    decided = waiting()
    moderator.post(url("refusal", decided.ref), {"version": 1, "reason": "authority"})
    answer = moderator.post(url("approvals"), {"seen": [seen(decided)], "approve": "yes"}, follow=True)
    assert "Someone decided about 1 of them" in answer.text
    assert "Approved: 0" not in answer.text


def test_where_there_are_keys_the_page_says_what_to_press(moderator):
    row = waiting()
    pages = [moderator.get(url("entry", row.ref)), moderator.post(url("approvals"), {"seen": [seen(row)]})]
    for page in pages:
        assert 'accesskey="a"' in page.text
        assert "Alt and the key" in page.text


def test_the_preview_tells_of_those_that_changed_since_they_were_ticked(moderator):
    same, decided = waiting("Example One"), waiting("Example Two")
    moderator.post(url("refusal", decided.ref), {"version": 1, "reason": "authority"})
    shown = moderator.post(url("approvals"), {"seen": [seen(same), seen(decided)]})
    assert "This one would be public" in shown.text
    assert "Someone decided about 1 of them" in shown.text


def test_ticking_none_says_so(moderator):
    waiting()
    assert "Nothing was ticked." in moderator.post(url("approvals")).text


def test_pasted_lines_are_shown_before_they_are_entered(moderator):
    sent = {"lines": LINES, "agreed_on": "2026-05-01"}
    assert "Sample Midwives&#x27; Circle" in moderator.post(url("paste"), sent).text
    assert not Organisation.objects.exists()
    moderator.post(url("paste"), sent | {"enter": "yes"})
    assert Organisation.objects.listed().filter(agreed_on=date(2026, 5, 1)).count() == 2
    assert OrganisationDecision.objects.filter(act="enter").count() == 2


def test_pasted_cells_are_tidied_and_blank_ones_skipped(db):
    kind = Organisation.Kind.HEALTH.label
    [line] = pasted_list.read(f"\ufeffExample Nurses\u200b\t\u2060\t\u200e{kind}\u00a0\n\u200b\n").lines
    assert (line.fault, line.answers["name"], line.answers["kind"]) == ("", "Example Nurses", "health")


def test_nothing_is_entered_while_one_line_is_at_fault(moderator):
    sent = {"lines": LINES + "\nExample;x y;no such kind", "agreed_on": "2026-05-01", "enter": "yes"}
    moderator.post(url("paste"), sent)
    assert not Organisation.objects.exists()


@pytest.mark.parametrize(
    "line", ["Name", "Name;https://example.org;no kind", "Name;javascript:alert(1);health", "a;b;c;d;e", "=1;;nope"]
)
def test_a_line_that_cannot_be_read_says_why(line):
    [read] = pasted_list.read(line).lines
    assert read.fault


def test_a_line_that_is_in_the_list_already_says_so():
    approved("Example Clinic")
    first, second = pasted_list.read("example clinic;;legal\nExample Hospital;;health").lines
    assert (first.state, second.state) == ("repeated", "new")


def test_staff_enter_one_and_the_record_says_who(moderator):
    sent = {"name": "Example Clinic", "kind": "health", "is_named": "yes", "agreed_on": "2026-05-01"}
    moderator.post(url("enter"), sent)
    assert Organisation.objects.get().entered_by.email == "noor@example.org"


def test_one_that_is_entered_twice_stands_in_the_list_once(moderator):
    sent = {"name": "Example Clinic", "kind": "health", "is_named": "yes", "agreed_on": "2026-05-01"}
    assert [moderator.post(url("enter"), sent).status_code for _ in range(2)] == [302, 422]
    assert Organisation.objects.count() == 1


@pytest.mark.parametrize("screen", ["enter", "paste"])
def test_the_day_of_agreement_can_not_be_in_the_future(moderator, screen):
    one = {"name": "Example Clinic", "kind": "health", "is_named": "yes"}
    sent = {**one, "lines": LINES, "agreed_on": "2199-05-01", "enter": "yes"}
    assert moderator.post(url(screen), sent).status_code == 422
    assert not Organisation.objects.exists()


def test_a_signer_is_entered_whole_or_not_at_all(moderator):
    sent = {"name": "Example", "kind": "health", "is_named": "no", "agreed_on": "2026-05-01", "email": "a@example.org"}
    assert moderator.post(url("enter"), sent).status_code == 422


@pytest.mark.parametrize("name", ["=1+1", "+cmd", "-2", "＝1", " =1", '";=1', "Good, Better; =Best"])
def test_the_list_for_the_press_holds_no_formula(moderator, name):
    organisation = approved("Example")
    Organisation.objects.filter(pk=organisation.pk).update(name=name)
    answer = moderator.get(url("csv"))
    row = answer.content.decode("utf-8-sig").splitlines()[1]
    assert not row.startswith((f'"{name}"', '"=', '"+', '"-', '"＝', '" ='))
    assert answer["Content-Disposition"] == 'attachment; filename="organisations.csv"'
    assert answer["Cache-Control"] == "no-store"


def test_the_list_for_the_press_names_only_those_in_the_list(moderator):
    approved("Example Named")
    approved("Example Unnamed", is_named=False)
    waiting("Example Waiting")
    text = moderator.get(url("text")).text
    assert "Example Named" in text
    assert "Unnamed" not in text
    assert "Waiting" not in text


@pytest.mark.parametrize("file", ["text", "csv"])
def test_the_list_for_the_press_is_in_the_order_of_the_keys(moderator, file):
    in_order = ["3 Rivers", "Ægir", "Åland", "The Bakers", "zebra"]
    for name in reversed(in_order):
        approved(name)
    text = moderator.get(url(file)).text
    assert sorted(in_order, key=text.index) == in_order


def test_the_switch_is_recorded_each_time(moderator):
    moderator.post(reverse("admin:pledges_listvisibility_add"), {"lists_hidden": "on"})
    moderator.post(reverse("admin:pledges_listvisibility_add"), {})
    records = ListVisibility.objects.order_by("pk").values_list("lists_hidden", "decided_by__email")
    assert list(records) == [(True, "noor@example.org"), (False, "noor@example.org")]


def test_spelling_is_corrected_in_the_admin_and_a_new_name_refused(moderator):
    organisation = approved("Exmaple Teachers")
    moderator.post(url("spelling", organisation.ref), {"version": 1, "name": "Example Teachers"})
    refused = moderator.post(url("spelling", organisation.ref), {"version": 2, "name": "Something Else Now"})
    assert refused.status_code == 422
    assert Organisation.objects.get().name == "Example Teachers"


def test_a_question_is_asked_from_the_screen(moderator):
    organisation = waiting()
    moderator.post(url("question", organisation.ref), {"version": 1, "reason": "who"})
    assert Organisation.objects.get().state == "asked"


def test_a_new_contact_is_invited_from_the_screen(moderator):
    organisation = approved()
    signer = {"signer_name": "Another", "signer_role": "Chair", "email": "chair@example.org"}
    moderator.post(url("contact", organisation.ref), {"version": 1, **signer})
    assert OrganisationDecision.objects.filter(act="invite").exists()
