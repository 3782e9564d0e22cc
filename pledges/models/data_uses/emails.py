"""Why the fields of queued emails and of blocked mailboxes are stored."""

from django.utils.translation import gettext_lazy as _

from pledges.models.data_register import (
    COMPLAINTS,
    INTEREST,
    MODERATORS,
    NO_ONE,
    OBJECTION,
    SAME_DAY,
    SERVER,
    SERVER_KEY,
    Table,
    Use,
)

EMAILS = [
    Table(
        "pledges.QueuedEmail",
        _("Emails on their way to you"),
        INTEREST,
        SERVER,
        _("Seven days after it was sent or given up"),
        {
            "mailbox": Use(
                _("Your email address, encrypted"),
                _("To send the email"),
                readers=SERVER_KEY,
                period=_("Until the email is sent, given up or no longer needed"),
            ),
            "words": Use(
                _("A complaint about how we handle personal details, encrypted, and how to answer it"),
                _("To send it to the person responsible for privacy"),
                basis=COMPLAINTS,
                readers=SERVER_KEY,
                period=_("Until the email is sent"),
            ),
            "digest": Use(
                _("A fingerprint of your email address"),
                _("To send you at most three such emails a day"),
                readers=NO_ONE,
            ),
            "network": Use(
                _("A scrambled form of the network address that a form came from"),
                _("So that a flood from one network does not delay other people's emails"),
                readers=SAME_DAY,
                period=_("Until the email is sent, given up or no longer needed"),
            ),
            "language": Use(
                _("The language of the page on which you asked for a link to “My pledge”"),
                _("To write the email in that language"),
                period=_("Until the email is sent, given up or no longer needed"),
            ),
            "kind ref": Use(_("What the email is about"), _("To send the right one")),
            "due_at leased_until counted_at attempts sent_at dropped_at failed_at refusal": Use(
                _("When it was due, tried and sent, and with which number the mail server refused it"),
                _("To try again, and to see that emails arrive"),
                readers=MODERATORS,
            ),
        },
        "id",
    ),
    Table(
        "pledges.EmailBlock",
        _("That you asked us never to email you again"),
        OBJECTION,
        NO_ONE,
        _("As long as the website can send emails, or until you allow it to email you again"),
        {
            "digest blocked_on": Use(
                _("A fingerprint of your email address, and the day"), _("To send you no more emails")
            ),
            "asked_on": Use(
                _("The day on which we last asked if we may email you again, because someone used a form"),
                _("To ask once a week at most"),
            ),
        },
        "id",
    ),
]
