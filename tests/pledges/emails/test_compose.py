"""What all our letters have in common, whatever they say."""

import re

import pytest
from django.conf import settings

from pledges.crypto import encryption, tokens
from pledges.emails import compose
from pledges.models import QueuedEmail, retention
from pledges.signing import service as signing
from tests.makers import BOB, NOW, answers

NAMES = sorted(
    folder.name for folder in (settings.BASE_DIR / "templates" / "emails").iterdir() if folder.is_dir()
)


def written(name):
    letter = QueuedEmail(mailbox=encryption.lock(BOB.address), digest=tokens.digest(BOB.identity))
    return compose.email(name, letter, {})


def test_every_kind_of_letter_has_its_words():
    assert set(QueuedEmail.Kind.values) <= set(NAMES)


# A complaint goes to the controller, who can't object to it; a blocked mailbox has objected; staff have an account.
WITHOUT = ("complaint", "allow", "invitation", "factor-reset", "factor-changed", "new-sign-in", "notice")


@pytest.mark.parametrize("name", [name for name in NAMES if name not in WITHOUT])
def test_every_letter_ends_with_a_way_to_get_no_other_one(name):
    email = written(name)
    never = re.search(
        r"Never write to this address again: (https://pledge.example.org/pledge/never/\S+/)$",
        email.body.rstrip(),
    )[1]
    assert f'href="{never}"' in email.alternatives[0].content.rpartition("<p")[2]


@pytest.mark.parametrize("name", NAMES)
def test_every_letter_says_it_is_written_by_a_program(name):
    assert written(name).extra_headers["Auto-Submitted"] == "auto-generated"


@pytest.mark.django_db
def test_a_letter_that_asks_for_a_yes_falls_away_with_the_time_for_it():
    signing.sign(answers(), NOW)
    letter = QueuedEmail.objects.get(kind="confirm")
    assert compose.compose(letter, NOW)
    assert compose.compose(letter, NOW + retention.PENDING_FOR) is None
