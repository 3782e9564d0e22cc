"""Links in emails: what they contain, and how mail programs change them."""

import base64
import re
from email.message import EmailMessage
from urllib.parse import unquote

import pytest

from campaign.staff import accounts, devices, notices
from campaign.staff.models import StaffUser
from pledges.complaints import service as complaints
from pledges.crypto import encryption, tokens
from pledges.crypto.tokens import TokenPurpose
from pledges.emails import compose
from pledges.inputs.email_address import mailbox
from pledges.models import PhoneRequest, QueuedEmail
from pledges.models.answers import Words
from pledges.my_pledge import service as my_pledge
from pledges.organisations import service as organisations
from pledges.organisations import upkeep
from pledges.phone_requests import service as phone_requests
from pledges.signing import service as signing
from tests.makers import ALICE, BOB, NOW, answers, organisation_answers, signed, token_of
from tests.pledges.my_pledge.test_email_block import YEAR, block
from tests.pledges.organisations.test_upkeep import NEW
from tests.staff_accounts import NOON, approved, staff, waiting

pytestmark = pytest.mark.django_db
BOBS = tokens.digest(BOB.identity)
LINK = re.compile(r"https?://[^\s\"'<>]+")


def emails_of_every_kind():
    """One queued email of each kind; those that anyone can cause also to unknown, signed and blocked mailboxes."""
    mona = staff("mona@example.org", "decide_organisation")
    for box in (ALICE, signed_bob()):
        signing.sign(answers(box, region="wales"), NOON)
        signing.sign(organisation_answers(box), NOON)
        my_pledge.ask(box, NOON)
        phone_requests.record(PhoneRequest.Kind.HIDE_NAME, box, mona, NOON)
    block(blocked := mailbox("charlie@example.org"))
    my_pledge.ask(blocked, NOON)
    organisations.decline(waiting("Declined Example"), mona, Words("none"), 1, NOON)
    organisations.ask(waiting("Asked Example"), mona, Words("who"), 1, NOON)
    organisations.withdraw(approved("Withdrawn Example"), mona, "asked", 1, NOON)
    upkeep.invite(approved("Invited Example"), mona, NEW, 1, NOON)
    approved("Yearly Example")
    upkeep.remind(NOON + YEAR)
    complaints.complain("Something is wrong.", "", NOON)
    waiting("Queued Example")
    StaffUser.objects.update(notices_from=0)
    notices.queue_due(NOON)
    accounts.invite(mona, NOON)
    accounts.reset_factor(mona, NOON)
    devices.tell_owner(mona)
    accounts.tell_of_sign_in(mona, NOON)
    return list(QueuedEmail.objects.all())


def signed_bob():
    signed(BOB, now=NOON)
    return BOB


def written():
    """Each queued email that is composed, with its message."""
    found = []
    for queued in emails_of_every_kind():
        late = queued.kind in ("yearly", "reminder")
        email = compose.compose(queued, max(queued.due_at, NOON) if late else NOON)
        if email:
            found.append((queued, email))
    return found


def decoded(link: str) -> bytes:
    """Returns the parts of a link as they stand, and decoded from hexadecimal and base64."""
    readings = []
    for part in re.split(r"[/?&=#~:.]", unquote(link)):
        readings.append(part.encode())
        for start in range(4):
            text = part[start:].replace("-", "+").replace("_", "/")
            text = text[: len(text) // 4 * 4] if len(text) % 4 == 1 else text + "=" * (-len(text) % 4)
            readings.append(base64.b64decode(text))
        if re.fullmatch("(?:[0-9a-fA-F]{2})+", part):
            readings.append(bytes.fromhex(part))
    return b"\0".join(readings)


def secrets_of(queued: QueuedEmail) -> list[bytes]:
    address = encryption.decrypt(queued.mailbox)
    digest = bytes(queued.digest)
    return [digest, digest.hex().encode(), address.encode(), mailbox(address).identity.encode(), digest[:8]]


def links_of(email: EmailMessage) -> list[str]:
    whole = [email.body, *(part.content for part in email.alternatives), *email.extra_headers.values()]
    return [link for text in whole for link in LINK.findall(text)]


def test_no_link_of_any_email_holds_a_digest_or_an_address():
    found = written()
    assert {queued.kind for queued, _email in found} == set(QueuedEmail.Kind.values)
    for queued, email in found:
        said = b"\0".join(decoded(link) for link in links_of(email))
        assert said or queued.kind == "complaint"
        assert [secret for secret in secrets_of(queued) if secret in said] == [], queued.kind


def test_a_digest_in_clear_would_be_found():
    link = "https://pledge.example.org/pledge/never/{}~1/"
    for text in (base64.urlsafe_b64encode(b"\1" + BOBS).decode(), BOBS.hex()):
        assert BOBS in decoded(link.format(text))


def test_only_the_yearly_email_has_one_click_unsubscribe():
    kinds = {queued.kind for queued, email in written() if "List-Unsubscribe" in email.extra_headers}
    assert kinds == {"yearly"}


def test_a_link_works_while_its_secret_key_is_listed(settings):
    old = settings.SECRET_KEY
    key = tokens.link_key(TokenPurpose.NEVER, BOBS)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 10, [old]
    assert tokens.digest_of_link_key(TokenPurpose.NEVER, key) == BOBS
    settings.SECRET_KEY_FALLBACKS = []
    assert tokens.digest_of_link_key(TokenPurpose.NEVER, key) is None


@pytest.mark.parametrize("text", ["", "A" * 76, "é" * 76, "-", "\ud800"])
def test_an_invalid_link_key_opens_nothing(text):
    assert tokens.digest_of_link_key(TokenPurpose.MINE, text) is None


MANGLED = ["{}/", "{}", "{}.", "{}./", "{}>/", "{}%3E", "{}/).", "{})", "{}%20", "{}/%20", "=3D{}/", "%3C{}%3E", "{}/,"]
MANGLED += ["{}/?fbclid=1", "{}/&data=x", "{}%20and%20more", "{}%E2%80%9D"]


@pytest.mark.parametrize("mangled", MANGLED)
@pytest.mark.parametrize("purpose", TokenPurpose)
def test_a_link_that_a_mail_program_mangled_still_works(client, post, purpose, mangled, time_machine):
    key = tokens.link_key(purpose, BOBS)
    path = f"/pledge/{purpose}/{mangled.format(key)}"
    page = client.get(path)
    assert page.status_code == 200
    action = re.search(r'<form class="form" method="post" action="([^"]+)"', page.text)
    assert action[1] == f"/pledge/{purpose}/{key}/"


@pytest.mark.parametrize("mangled", MANGLED)
def test_a_link_to_confirm_that_was_mangled_still_works(client, mangled, time_machine):
    time_machine.move_to(NOW)
    token = token_of(signing.sign(answers(ALICE), NOW))
    page = client.get(f"/pledge/confirm/{mangled.format(token)}")
    assert page.status_code == 200
    assert f'action="/pledge/confirm/{token}/"' in page.text


@pytest.mark.parametrize("cut", ["never/", "never", "allow/", "yearly/", "never/x", "allow/abc/def", "mine/x/y/"])
def test_a_link_cut_off_gets_a_page_that_helps(client, cut):
    page = client.get(f"/pledge/{cut}", follow=True)
    assert page.status_code == 404
    assert "This link no longer works" in page.text
    assert 'href="/pledge/mine/"' in page.text


def test_a_link_to_my_pledge_cut_off_leads_to_the_form_that_sends_a_new_one(client):
    assert 'name="email"' in client.get("/pledge/mine/").text
