from datetime import timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from pledges.inputs.professions import Profession
from pledges.inputs.regions import Region
from pledges.models import PledgeText
from pledges.models.answers import ConfirmChoices
from pledges.models.pledge_texts import REPLACED_TEXT_GRACE
from pledges.signing.confirm_forms import ConfirmPersonForm
from pledges.signing.forms import OrganisationForm, SignForm

pytestmark = pytest.mark.django_db
SIGN = {"email": "alice@example.org", "by_email": "no", "pledge_text": "1"}
ORGANISATION = {
    "name": "Example Teachers' Network",
    "kind": "union",
    "signer_name": "Sam Sample",
    "signer_role": "Secretary",
    "email": "office@example.org",
    "is_named": "yes",
    "authority": "on",
    "pledge_text": "1",
}


def sign(**typed):
    return SignForm({**SIGN, **typed}, now=timezone.now())


def organisation(**typed):
    return OrganisationForm({**ORGANISATION, **typed}, now=timezone.now())


def confirm(**typed):
    return ConfirmPersonForm(typed, pledge_text=PledgeText.objects.get(number=1))


def test_an_email_and_a_choice_are_enough_to_sign():
    form = sign()
    assert form.is_valid()
    assert (form.answers().region, form.answers().profession) == ("", "")


def test_without_a_yes_to_email_a_name_is_not_used_even_for_a_hash():
    typed = {"name": "Alice", "occupation": "nurse", "postcode": "SW1A 0AA"}
    no, yes = sign(**typed), sign(**typed, by_email="yes")
    assert no.is_valid()
    assert yes.is_valid()
    assert (no.answers().name, no.answers().occupation, no.answers().postcode) == ("", "", "")
    assert (yes.answers().name, yes.answers().occupation, yes.answers().postcode) == ("Alice", "nurse", "SW1A 0AA")


def test_what_is_typed_becomes_a_region_and_a_group():
    form = sign(postcode="sw1p2hr", occupation="Nurse")
    assert form.is_valid()
    assert (form.answers().region, form.answers().profession) == (Region.LONDON, Profession.HEALTH)


def test_invisible_characters_alone_count_as_nothing_typed():
    form = sign(name="\u200b\u2060", postcode="\ufeff", occupation="\u200e")
    assert form.is_valid()
    assert (form.answers().region, form.answers().profession) == ("", "")
    assert sign(email="\u200b").errors["email"] == SignForm.base_fields["email"].error_messages["required"].split("|")


def test_neither_yes_nor_no_to_email_is_chosen_beforehand():
    assert SignForm(now=timezone.now())["by_email"].value() is None
    assert "by_email" in sign(by_email="").errors
    assert "by_email" in sign(by_email="maybe").errors


def test_yes_to_email_says_what_the_pledge_text_says():
    [(_yes, sentence), _no] = SignForm(now=timezone.now()).fields["by_email"].choices
    assert sentence == PledgeText.objects.get(number=1).email_consent


def signed_after_a_new_pledge_text(grace):
    """The form of pledge text 1, sent so long after text 2 was published."""
    published = timezone.now() + timedelta(days=1)
    PledgeText.objects.create(number=2, pledge="Anew.", published_at=published)
    return SignForm(SIGN, now=published + grace)


def test_a_form_of_a_pledge_text_just_replaced_may_still_be_sent():
    assert signed_after_a_new_pledge_text(REPLACED_TEXT_GRACE - timedelta(minutes=1)).is_valid()


def test_a_form_of_an_old_pledge_text_asks_to_read_the_new_one():
    form = signed_after_a_new_pledge_text(REPLACED_TEXT_GRACE)
    assert "has changed" in form.errors["pledge_text"][0]
    assert form.shown.number == 2


def test_a_pledge_text_written_before_another_and_published_after_it_may_be_signed():
    now = timezone.now() + timedelta(days=30)
    PledgeText.objects.create(number=2, pledge="Late.", published_at=now - timedelta(hours=1))
    PledgeText.objects.create(number=3, pledge="Early.", published_at=now - timedelta(days=20))
    shown = SignForm(now=now).shown
    assert shown.number == 2
    assert SignForm({**SIGN, "pledge_text": shown.number}, now=now).is_valid()


@pytest.mark.parametrize("number", ["", "0", "7", "99999999999999999999", "one", "1; --"])
def test_a_pledge_text_that_there_is_not_is_refused(number):
    assert "pledge_text" in sign(pledge_text=number).errors


def test_unknown_and_doubled_fields_are_ignored():
    data = QueryDict("is_staff=1&id=1&confirmed_at=2020-01-01&email=mallory@example.org", mutable=True)
    data.update(SIGN)  # doubled: the later stands
    form = SignForm(data, now=timezone.now())
    assert form.is_valid()
    assert form.answers().mailbox.address == "alice@example.org"
    assert not hasattr(form.answers(), "is_staff")


def test_a_filled_honeypot_is_no_error():
    form = sign(message="buy\u202e this")
    assert form.is_valid()
    assert form.answers().is_trapped


@pytest.mark.parametrize("field", ["name", "occupation"])
def test_no_line_break_gets_into_a_name(field):
    assert field in sign(**{field: "Alice\r\nBcc: mallory@example.org"}).errors


def test_an_organisation_signs_with_or_without_its_name():
    form = organisation(is_named="no", website="www.example.org")
    assert form.is_valid()
    assert (form.answers().is_named, form.answers().website) == (False, "https://www.example.org")


@pytest.mark.parametrize("field", ["name", "kind", "signer_name", "signer_role", "email", "is_named", "authority"])
def test_an_organisation_must_answer_everything_but_its_website(field):
    assert list(organisation(**{field: ""}).errors) == [field]


@pytest.mark.parametrize("field", ["name", "signer_name", "signer_role"])
def test_no_line_break_gets_into_an_organisations_answers(field):
    assert field in organisation(**{field: "Example\r\nReply-To: mallory@example.org"}).errors


def test_confirming_needs_the_tick_and_nothing_else():
    assert list(confirm().errors) == ["agree"]
    assert confirm(agree="on").is_valid()


def test_a_choice_asks_for_what_it_needs():
    assert list(confirm(agree="on", show_name="on").errors) == ["public_name"]
    assert list(confirm(agree="on", by_post="on").errors) == ["address"]


@pytest.mark.parametrize(
    "typed",
    [{"public_name": "Alice"}, {"public_name": "x.example"}, {"address": "A\n1 Street\nTown"}, {"address": "A"}],
)
def test_fields_of_a_choice_that_is_not_ticked_are_neither_checked_nor_stored(typed):
    form = confirm(agree="on", **typed)
    assert form.is_valid()
    assert form.choices() == ConfirmChoices()


def test_a_postal_address_of_three_lines_passes_and_of_two_says_why_not():
    typed = {"agree": "on", "by_post": "on"}
    assert confirm(**typed, address="Sam Sample\r\n1 Example Street\r\nAB1 2CD").is_valid()
    assert "needs at least three" in confirm(**typed, address="Sam Sample\r\nAB1 2CD").errors["address"][0]


def test_choices_are_handed_over_as_cleaned():
    form = confirm(agree="on", show_name="on", public_name=" Alice ", by_post="on", address="Alice\r\n1 Street\r\nTown")
    assert form.is_valid()
    assert form.choices().public_name == "Alice"
    assert form.choices().post == {"address": "Alice\n1 Street\nTown"}
