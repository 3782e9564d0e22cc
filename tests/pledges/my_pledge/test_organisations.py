"""An organisation in "My pledge": its signer changes its entry, or withdraws it."""

import html
import json

import pytest

from pledges.crypto import tokens
from pledges.models import Organisation
from pledges.models.answers import ConfirmChoices
from pledges.signing import service as signing
from tests.makers import BOB, CHARLIE, NOW, organisation_answers, token_of
from tests.pledges.my_pledge.makers import email_to, my_pledge_path

pytestmark = pytest.mark.django_db


@pytest.fixture
def network():
    assert signing.confirm(token_of(signing.sign(organisation_answers(BOB), NOW)), ConfirmChoices(), NOW)
    Organisation.objects.update(approved_at=NOW)
    return Organisation.objects.get()


def test_a_person_who_only_signed_for_an_organisation_gets_a_link(network):
    assert "/pledge/mine/" in email_to(BOB).body


def test_an_organisation_that_changes_its_entry_waits_again(client, post, network):
    new = {"name": "Example Teachers", "kind": "union", "website": "", "is_named": "yes", "save": "yes"}
    post(f"{my_pledge_path()}organisation/{network.ref}/", new)
    network.refresh_from_db()
    assert (network.name, network.approved_at, network.version) == ("Example Teachers", None, 2)


def test_an_entry_saved_without_a_change_stays_public(post, network):
    same = {"name": network.name, "kind": "education", "website": "", "is_named": "yes", "save": "yes"}
    page = post(f"{my_pledge_path()}organisation/{network.ref}/", same).text
    assert "You changed nothing" in page
    assert Organisation.objects.approved().get().version == 1


def test_the_page_of_the_entry_leads_back_without_a_change(post, network):
    assert f'action="{my_pledge_path()}"' in post(f"{my_pledge_path()}organisation/{network.ref}/").text
    assert network.name in html.unescape(post(my_pledge_path(), {"open": "yes"}).text)


def test_an_organisation_withdraws_itself(client, post, network):
    post(f"{my_pledge_path()}organisation/{network.ref}/withdraw/", {"sure": "on"})
    assert not Organisation.objects.approved().exists()


def test_a_person_who_signed_for_an_organisation_sees_what_is_stored_about_them(client, post, network):
    page = post(my_pledge_path(), {"open": "on"}).text
    assert "<bdi>Ada Example</bdi>, <bdi>Chair</bdi>" in page
    assert BOB.address in page


def test_an_organisation_that_withdraws_is_told_how_long_its_contact_stays(post, network, time_machine):
    time_machine.move_to(NOW, tick=False)
    assert "for 30 more days" in post(my_pledge_path(), {"open": "on"}).text
    gone = post(f"{my_pledge_path()}organisation/{network.ref}/withdraw/", {"sure": "on"}).text
    assert "by 1 July 2026" in gone
    assert BOB.address in gone


SAVED = {"name": "Example", "kind": "union", "website": "", "is_named": "yes", "save": "yes"}


@pytest.mark.parametrize("act", ["withdraw/", ""])
def test_an_organisation_is_shown_the_current_state_if_staff_were_faster(post, network, monkeypatch, act):
    monkeypatch.setattr("pledges.my_pledge.views._own", lambda digest, ref: network)
    Organisation.objects.update(version=2)
    assert post(f"{my_pledge_path()}organisation/{network.ref}/{act}", {**SAVED, "sure": "on"}).status_code == 200
    assert (Organisation.objects.get().version, Organisation.objects.get().withdrawn_at) == (2, None)


def test_an_organisation_whose_contact_no_key_opens_can_still_download(client, post, network, settings):
    settings.SECRET_KEY = "another" * 10
    page = post(f"{my_pledge_path()}download/")
    assert json.loads(page.content)["organisations"][0]["signed_by"] is None


def test_an_organisation_is_asked_to_be_sure(client, post, network):
    asked = post(f"{my_pledge_path()}organisation/{network.ref}/withdraw/")
    assert asked.status_code == 422
    assert f'href="#sure-{network.ref.hex}"' in asked.text
    assert f'aria-describedby="sure-{network.ref.hex}_error"' in asked.text
    assert f'id="sure-{network.ref.hex}_error"' in asked.text
    assert Organisation.objects.approved().exists()


def test_no_other_mailboxs_link_opens_an_organisation(client, post, network):
    mallory = my_pledge_path(tokens.digest(CHARLIE.identity))
    assert post(f"{mallory}organisation/{network.ref}/withdraw/", {"sure": "on"}).status_code == 404
    assert Organisation.objects.approved().exists()
