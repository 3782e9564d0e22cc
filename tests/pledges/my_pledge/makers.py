"""Links to My pledge, and what is sent there."""

from django.core import mail

from pledges.crypto import tokens
from pledges.crypto.tokens import TokenPurpose
from pledges.emails import sending
from pledges.my_pledge import service as my_pledge
from tests.makers import BOB, NOW

BOBS = tokens.digest(BOB.identity)


def my_pledge_path(digest=BOBS, purpose=TokenPurpose.MINE):
    return f"/pledge/mine/{tokens.link_key(purpose, digest)}/"


def remove(post, what, **others):
    return post(f"{my_pledge_path()}change/", {"kind": what, **others})


def email_to(mailbox):
    my_pledge.ask(mailbox, NOW)
    mail.outbox.clear()
    sending.send_due(NOW)
    return mail.outbox[-1]
