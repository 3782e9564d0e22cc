"""What all emails have in common."""

import re

import pytest
from django.conf import settings

from pledges.crypto import encryption, tokens
from pledges.emails import compose
from pledges.models import QueuedEmail, retention
from pledges.signing import service as signing
from tests.makers import BOB, NOW, answers

NAMES = sorted(folder.name for folder in (settings.BASE_DIR / "templates" / "emails").iterdir() if folder.is_dir())


def written(name):
    email = QueuedEmail(mailbox=encryption.encrypt(BOB.address), digest=tokens.digest(BOB.identity))
    return compose.email(name, email, {})


def test_every_kind_of_email_has_a_template():
    assert set(QueuedEmail.Kind.values) <= set(NAMES)


# A complaint goes to the controller, who can't object to it; a blocked mailbox has objected; staff have an account.
WITHOUT = ("complaint", "allow", "invitation", "factor-reset", "factor-changed", "new-sign-in", "notice")


@pytest.mark.parametrize("name", [name for name in NAMES if name not in WITHOUT])
def test_every_email_ends_with_a_link_to_get_no_more(name):
    email = written(name)
    never = re.search(
        r"Never email this address again:\s(https://pledge.example.org/pledge/never/\S+/)$", email.body.rstrip()
    )[1]
    assert f'href="{never}"' in email.alternatives[0].content.rpartition("<p")[2]


@pytest.mark.parametrize("name", NAMES)
def test_every_email_says_that_a_program_wrote_it(name):
    assert written(name).extra_headers["Auto-Submitted"] == "auto-generated"


@pytest.mark.django_db
def test_an_email_that_asks_to_confirm_is_not_sent_once_the_time_to_confirm_is_over():
    signing.sign(answers(), NOW)
    email = QueuedEmail.objects.get(kind="confirm")
    assert compose.compose(email, NOW)
    assert compose.compose(email, NOW + retention.PENDING_STORED) is None


@pytest.mark.parametrize("name", NAMES)
def test_every_email_is_named_by_the_senders_domain_and_can_be_answered(name):
    email = written(name)
    assert email.extra_headers["Message-ID"].endswith("@example.org>")
    assert email.reply_to == [settings.REPLY_TO_EMAIL]


@pytest.mark.parametrize("name", NAMES)
def test_every_email_has_a_preheader_and_lines_of_at_most_76_characters(name):
    email = written(name)
    assert re.search(r'<div style="display:none[^>]*>\s*\S[^<]+</div>', email.alternatives[0].content)
    long = [line for line in email.body.splitlines() if len(line) > 76]
    assert [line for line in long if not re.fullmatch(r"\S*https://\S+", line)] == []


def test_wrapping_breaks_no_link_and_keeps_paragraphs_and_the_signature_line():
    link = "https://pledge.example.org/" + "a" * 80
    text = f"{'word ' * 30}\n\nOpen: {link}\n-- \nEnd\n"
    wrapped = compose.wrapped(text)
    assert link in wrapped.splitlines()
    assert "\n\n" in wrapped
    assert "\n-- \n" in wrapped


@pytest.mark.parametrize("name", NAMES)
def test_subjects_do_not_say_what_the_campaign_is_about(name):
    telling = ["immigra", "migra", "home office", "border", "police", "firewall"]
    assert [word for word in telling if word in written(name).subject.lower()] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_email_says_more_than_its_frame_in_text_and_in_html(name):
    frame = written("confirm")
    email, end = written(name), frame.body.rpartition("\n-- \n")[2].split()
    said = [word for word in email.body.split() if word not in end]
    assert len(said) > 10
    assert "<h1>" in email.alternatives[0].content
