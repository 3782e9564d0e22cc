"""Makers of test data, and the people in the tests: Alice signs, Bob has already signed, Charlie must not get in."""

from datetime import UTC, date, datetime

from django.core import mail

from pledges.crypto import tokens
from pledges.crypto.encryption import decrypt
from pledges.emails import sending
from pledges.inputs.email_address import Mailbox
from pledges.models import PendingSignature, PledgeText, Signature
from pledges.models.answers import ConfirmChoices, OrganisationAnswers, PersonAnswers
from pledges.signing import service as signing

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SUNDAY = date(2026, 5, 31)  # the day before NOW


ALICE, BOB, CHARLIE = Mailbox("alice@example.org"), Mailbox("bob@example.org"), Mailbox("charlie@example.org")


def answers(mailbox=ALICE, **others):
    pledge_text = PledgeText.objects.get(number=1)
    return PersonAnswers(**{"mailbox": mailbox, "pledge_text": pledge_text, "by_email": False, **others})


def organisation_answers(mailbox=ALICE, **others):
    plain = {
        "mailbox": mailbox,
        "pledge_text": PledgeText.objects.get(number=1),
        "name": "Example Teachers' Network",
        "kind": "education",
        "signer_name": "Ada Example",
        "signer_role": "Chair",
        "is_named": True,
    }
    return OrganisationAnswers(**{**plain, **others})


def token_of(handle: str) -> str:
    """Returns the token in the email of this inbox page. What was typed may follow the `handle`, after a hyphen."""
    pending = PendingSignature.objects.filter(handle=tokens.hash_token(handle.partition("-")[0])).latest("pk")
    return decrypt(pending.encrypted_token)


def signed(mailbox=BOB, wishes=None, now=NOW, **others) -> str:
    """Signs and confirms; returns the token."""
    token = token_of(signing.sign(answers(mailbox, **others), now))
    assert signing.confirm(token, wishes or ConfirmChoices(), now)
    return token


def people(number, day=SUNDAY, **others):
    """Adds this many signatures, confirmed on one day."""
    pledge_text, first = PledgeText.objects.first(), Signature.objects.count()
    return Signature.objects.bulk_create(
        Signature(digest=b"%032d" % n, pledge_text=pledge_text, confirmed_on=day, **others)
        for n in range(first, first + number)
    )


def send(now):
    """Sends all emails that are due; returns them."""
    mail.outbox.clear()
    while sending.send_due(now):
        pass
    return mail.outbox
