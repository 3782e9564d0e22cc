"""The inbox page: suggestions for mistyped addresses, showing the address, and changing it."""

import base64
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from campaign import gunicorn_config
from pledges.emails import queue, sending
from pledges.models import PendingSignature
from tests.pledges.signing.test_forms import ORGANISATION, SIGN
from tests.pledges.signing.test_views import FORMS

pytestmark = pytest.mark.django_db


def text(page) -> str:
    """Returns the HTML of a page without the places where a long address may break."""
    return page.text.replace("<wbr>", "")


@pytest.mark.parametrize(("path", "fields"), FORMS)
def test_the_inbox_page_names_the_address_for_half_an_hour(client, post, time_machine, path, fields):
    time_machine.move_to(timezone.now(), tick=False)
    place = post(path, {**fields, "email": "sam@bücher.example"})["Location"]
    assert "sam@bücher.example" in text(client.get(place))
    time_machine.move_to(timezone.now() + timedelta(minutes=30))
    assert "sam@bücher.example" in text(client.get(place))
    time_machine.move_to(timezone.now() + timedelta(minutes=1))
    later = client.get(place)
    assert later.status_code == 200
    assert "bücher" not in later.text
    assert 'name="change"' not in later.text


@pytest.mark.parametrize(("path", "fields"), FORMS)
def test_signing_again_from_the_inbox_page_leads_to_the_same_form(client, post, path, fields):
    assert f'<a href="{path}">sign again</a>' in client.get(post(path, fields)["Location"]).text


def test_the_inbox_page_is_not_cached_and_its_url_is_encrypted(client, post):
    place = post("/pledge/", {**SIGN, "email": "canary@example.org"})["Location"]
    packed = place.rstrip("/").partition("-")[2]
    assert b"canary" not in base64.urlsafe_b64decode(packed + "==")
    assert client.get(place)["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "change",
    [
        lambda path: path[:-9] + ("B" if path[-9] == "A" else "A") + path[-8:],
        lambda path: path[:-9] + "/",
        lambda path: f"{path[:-1]}AAAA/",
    ],
)
def test_an_altered_url_of_the_inbox_page_shows_no_address(client, post, change):
    page = client.get(change(post("/pledge/", SIGN)["Location"]))
    assert page.status_code == 200
    assert "alice@example.org" not in text(page)


TYPED = [
    ("/pledge/", {**SIGN, "name": "Zoë", "postcode": "SW1P 2HR", "occupation": "nurse", "by_email": "yes"}),
    ("/pledge/organisations/sign/", {**ORGANISATION, "website": "https://example.org"}),
]


@pytest.mark.parametrize(("path", "fields"), TYPED)
def test_changing_the_address_leads_back_to_the_form_with_all_that_was_typed(post, path, fields):
    answer = post(post(path, fields)["Location"], {"change": "yes"})
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    form = answer.context["form"]
    assert {name: form[name].value() for name in form.refilled} == {name: fields[name] for name in form.refilled}
    assert f'action="{path}"' in answer.text
    assert not answer.cookies


def test_the_declaration_of_a_refilled_form_is_not_ticked(post):
    answer = post(post("/pledge/organisations/sign/", ORGANISATION)["Location"], {"change": "yes"})
    assert answer.context["form"]["authority"].value() is None


def test_changing_the_address_after_half_an_hour_leads_to_the_empty_form(post, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    place = post("/pledge/", SIGN)["Location"]
    time_machine.move_to(timezone.now() + timedelta(minutes=31))
    answer = post(place, {"change": "yes"})
    assert (answer.status_code, answer["Location"]) == (303, "/pledge/")


def test_the_longest_answers_still_fit_into_the_inbox_pages_address(client, post):
    long = "\U0002a6d6" * 100
    texts = {"name": long + "\U0002a6d6" * 50, "signer_name": long, "signer_role": long}
    website = f"https://example.org/{'a' * 180}"
    email = f"{'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 60}.org"
    place = post("/pledge/organisations/sign/", {**ORGANISATION, **texts, "website": website, "email": email})[
        "Location"
    ]
    assert len(place) + len("https://pledge.example.org") < gunicorn_config.limit_request_field_size  # as a Referer
    assert email in text(client.get(place))


@pytest.mark.parametrize(("path", "fields"), [*FORMS, ("/pledge/mine/", {})])
def test_a_slip_in_a_mail_domain_is_asked_about(post, path, fields):
    answer = post(path, {**fields, "email": "sam@gmial.com"})
    assert answer.status_code == 422
    assert "Did you mean sam@gmail.com?" in answer.text
    assert 'name="email_meant" value="sam@gmail.com"' in answer.text
    assert 'name="email_as_typed" value="sam@gmial.com"' in answer.text
    assert not PendingSignature.objects.exists()


@pytest.mark.parametrize(
    ("pressed", "recipient"),
    [({"email_meant": "sam@gmail.com"}, "sam@gmail.com"), ({"email_as_typed": "sam@gmial.com"}, "sam@gmial.com")],
)
def test_one_press_takes_the_suggestion_or_keeps_what_was_typed(post, mailoutbox, pressed, recipient):
    assert post("/pledge/", {**SIGN, "email": "sam@gmial.com", **pressed}).status_code == 303
    sending.send_due(timezone.now())
    assert [email.to for email in mailoutbox] == [[recipient]]


@pytest.mark.parametrize(
    "pressed", [{"email_meant": "mallory@example.org"}, {"email_as_typed": "other@gmial.com"}, {"email_meant": ""}]
)
def test_an_answer_about_another_address_counts_for_nothing(post, pressed):
    answer = post("/pledge/", {**SIGN, "email": "sam@gmial.com", **pressed})
    assert answer.status_code == 422
    assert answer.context["form"]["email"].value() == "sam@gmial.com"


def test_an_address_corrected_by_hand_is_taken_whichever_button_is_pressed(post):
    assert post("/pledge/", {**SIGN, "email_meant": "sam@gmail.com"}).status_code == 303


def test_an_answer_is_not_lost_where_something_else_is_wrong(post):
    wrong = {**SIGN, "email": "sam@gmial.com", "postcode": "SW1P"}
    taken = post("/pledge/", {**wrong, "email_meant": "sam@gmail.com"})
    assert taken.context["form"]["email"].value() == "sam@gmail.com"
    page = post("/pledge/", {**wrong, "email_as_typed": "sam@gmial.com"})
    assert 'type="hidden" form="answers" name="email_as_typed" value="sam@gmial.com"' in page.text
    assert "Did you mean" not in page.text


WAITS = [
    (2, "Usually within a few minutes, sometimes later"),
    (30, "At the moment usually within 30 minutes, sometimes later"),
    (60, "At the moment usually within an hour, sometimes later"),
    (480, "At the moment after many hours, sometimes later"),
]


@pytest.mark.parametrize(("minutes", "said"), WAITS)
def test_the_inbox_page_says_how_long_emails_take_and_that_some_take_longer(client, post, monkeypatch, minutes, said):
    monkeypatch.setattr(queue, "minutes_to_wait", lambda now: minutes)
    for place in (post("/pledge/", SIGN)["Location"], "/pledge/sent/nobodys-handle/"):
        page = client.get(place).text
        arrives = re.search(r"<dt>Arrives</dt><dd>(.*?)</dd>", page, re.DOTALL)[1]
        assert " ".join(re.sub(r"<[^>]+>", "", arrives).split()) == said
        assert page.count('href="#late"') == page.count('id="late"') == 1


@pytest.mark.parametrize(
    ("path", "fields"), [*FORMS, ("/pledge/mine/", {"email": SIGN["email"]}), ("/pledge/stall/", SIGN)]
)
def test_no_page_after_a_form_says_that_an_email_was_sent(client, post, path, fields):
    page = client.get(post(path, fields)["Location"]).text
    assert "our email" in page
    assert "have sent" not in page
