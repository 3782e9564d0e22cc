"""Two makers and a cast: Alice signs, Bob has already signed, Charlie must be kept out."""

from datetime import UTC, date, datetime

from pledges import links, signing
from pledges.answers import OrganisationAnswers, PersonAnswers, Wishes
from pledges.mailbox import Mailbox
from pledges.models import Pending, Signature, Wording
from pledges.sealing import unlock

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SUNDAY = date(2026, 5, 31)  # the day before NOW


ALICE, BOB, CHARLIE = Mailbox("alice@example.org"), Mailbox("bob@example.org"), Mailbox("charlie@example.org")


def answers(mailbox=ALICE, **others):
    wording = Wording.objects.get(number=1)
    return PersonAnswers(**{"mailbox": mailbox, "wording": wording, "by_email": False, **others})


def organisation_answers(mailbox=ALICE, **others):
    plain = {
        "mailbox": mailbox,
        "wording": Wording.objects.get(number=1),
        "name": "Example Teachers' Network",
        "kind": "education",
        "signer_name": "Ada Example",
        "signer_role": "Chair",
        "is_named": True,
    }
    return OrganisationAnswers(**{**plain, **others})


def token_of(handle: str) -> str:
    """The token that the letter of this inbox page carries; `handle` may have behind it what was typed."""
    pending = Pending.objects.filter(handle=links.fingerprint(handle.partition("-")[0])).latest("pk")
    return unlock(pending.locked_token)


def signed(mailbox=BOB, wishes=None, now=NOW, **others) -> str:
    """Somebody who signed and confirmed; returns the token used."""
    token = token_of(signing.sign(answers(mailbox, **others), now))
    assert signing.confirm(token, wishes or Wishes(), now)
    return token


def people(number, day=SUNDAY, **others):
    """So many signatures more, confirmed on one day."""
    wording, first = Wording.objects.first(), Signature.objects.count()
    return Signature.objects.bulk_create(
        Signature(digest=b"%032d" % n, wording=wording, confirmed_on=day, **others)
        for n in range(first, first + number)
    )
