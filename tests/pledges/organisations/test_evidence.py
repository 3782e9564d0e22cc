from datetime import timedelta

import pytest

from pledges.inputs import lookalikes
from pledges.inputs.email_address import Mailbox
from pledges.models import Organisation
from pledges.models.answers import Words
from pledges.organisations import evidence, pasted_list
from pledges.organisations import service as organisations
from tests.staff_accounts import NOON, sign_in, staff, waiting


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("Lіberty", ["U+0456"]),  # a Cyrillic i
        ("ОХFАМ Sample", ["U+041E", "U+0425", "U+0410", "U+041C"]),
        ("Ｌiberty", ["U+FF2C"]),
        ("сосо", ["U+0441", "U+043E"]),  # wholly Cyrillic, and wholly read as "coco"
        ("Examp1e F0od Bank", ["U+0031", "U+0030"]),
    ],
)
def test_lookalike_letters_are_named(name, codes):
    assert [each.code.split()[0] for each in lookalikes.found(name)] == codes


@pytest.mark.parametrize(
    "name", ["Łódź Society", "Ελληνική Κοινότητα", "Українці в Лідсі", "Example's 2nd Café", "Care4Example 21"]
)
def test_names_in_other_scripts_with_accents_and_with_numbers_are_not_suspicious(name):
    assert lookalikes.found(name) == []


def test_a_punycode_website_shows_what_it_imitates():
    assert lookalikes.found(lookalikes.host_shown("xn--lberty-pvf.org"))[0].latin == "i"


@pytest.mark.parametrize(
    ("email", "host", "is_matched"),
    [
        ("a@example.org", "example.org", True),
        ("a@leeds.example.org", "example.org", True),
        ("a@example.org", "leeds.example.org", True),
        ("a@badexample.org", "example.org", False),
        ("a@gmail.com", "gmail.com", False),
        ("a@facebook.com", "facebook.com", False),
    ],
)
def test_evidence_says_whether_the_email_domain_matches_the_website(email, host, is_matched):
    note = evidence._domain_note(email, host)
    assert ("agree" in note) is is_matched


@pytest.mark.django_db
def test_near_duplicates_are_found_by_name_and_by_website():
    waiting("Example Teachers Network", mailbox=Mailbox("a@example.com"), website="")
    waiting("Another Body", mailbox=Mailbox("b@example.com"), website="https://example.org/about")
    waiting("Sample Midwives' Circle", mailbox=Mailbox("c@example.com"), website="https://example.net")
    found = evidence.gather(waiting("Example Teachers’ Network", website="https://www.example.org")).neighbours
    assert {each.organisation.name for each in found} == {"Example Teachers Network", "Another Body"}


@pytest.mark.django_db
def test_another_organisation_of_the_same_mailbox_is_found():
    waiting("Sample Midwives' Circle", mailbox=Mailbox("a@example.com"), website="")
    [found] = evidence.gather(waiting("Another Body", mailbox=Mailbox("a@example.com"), website="")).neighbours
    assert found.reasons == ["same mailbox"]


@pytest.mark.django_db
def test_a_lookalike_name_finds_the_one_it_imitates():
    waiting("Liberty Sample", mailbox=Mailbox("a@example.com"), website="")
    [found] = evidence.gather(waiting("Lіbеrtу Sаmple", website="")).neighbours
    assert found.organisation.name == "Liberty Sample"


@pytest.mark.django_db
def test_an_earlier_decision_about_it_is_shown():
    earlier = waiting("Example Teachers' Network")
    organisations.decline(earlier, staff(), Words("authority"), 1, NOON)
    [found] = evidence.gather(waiting("Example Teachers' Network", now=NOON + timedelta(days=1))).neighbours
    assert (found.organisation, found.decision.reason) == (earlier, "authority")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Buy Bricks Cheaply", ["Buy", "Cheaply"]),
        ("Example Loans £99", ["Loans", "£99"]),
        ("Bricks.shop", ["Bricks.shop"]),
        ("fast-visa.org.uk", ["fast-visa.org.uk"]),
        ("Example Teachers' Network", []),
        ("Buyers' Union of Sampleton", []),
    ],
)
def test_advertising_words_and_prices_in_a_name_are_shown_and_stop_a_quick_entry(name, found):
    shown = evidence.gather(Organisation(name=name))
    assert shown.advertising == found
    assert shown.is_clear == (not found)


@pytest.mark.django_db
def test_the_address_of_its_own_website_in_a_name_is_shown():
    organisation = Organisation(name="Visas from Bricks.example", website="https://www.bricks.example/visas")
    assert evidence.gather(organisation).advertising == ["bricks.example"]


@pytest.mark.django_db
def test_the_registers_are_one_press_away_and_get_no_referrer(client):
    organisation = waiting("Example & Sons/2")
    addresses = [address for _name, address in evidence.gather(organisation).registers]
    assert addresses[1].endswith("/search?q=Example%20%26%20Sons%2F2")
    sign_in(client, staff("mona@example.org", "view_organisation", "decide_organisation"))
    page = client.get(f"/admin/pledges/organisation/{organisation.ref}/").text
    assert page.count('rel="noopener noreferrer') >= len(addresses)


def test_an_unknown_kind_is_answered_with_all_kinds():
    [line] = pasted_list.read("Name;https://example.org;clubs").lines
    assert "School or college, Health, Council" in line.fault


@pytest.mark.django_db
def test_the_same_website_is_found_among_a_hundred_similar_names():
    for n in range(100):
        waiting(
            f"Example Care Group {chr(97 + n % 26)}{chr(97 + n // 26)}{n}",
            mailbox=Mailbox(f"{n}@example.com"),
            website="",
        )
    waiting("Sample Lawyers", mailbox=Mailbox("lawyers@example.com"), website="https://care.example.org")
    mine = waiting("Example Care Group", website="https://care.example.org/about")
    found = evidence.gather(mine).neighbours
    assert "Sample Lawyers" in [one.organisation.name for one in found if "same website" in one.reasons]
