"""Bob signs, and the list of what a restore must repeat."""

from io import StringIO

from django.core.management import call_command

from pledges.crypto import tokens
from pledges.models.answers import ConfirmChoices
from tests.makers import BOB, signed

BOB_DIGEST = tokens.digest(BOB.identity)


def bob_signs():
    signed(BOB, ConfirmChoices(public_name="Bob"), by_email=True)


def carried():
    """What `erase_expired --list` prints."""
    out = StringIO()
    call_command("erase_expired", "--list", stdout=out)
    return out.getvalue()
