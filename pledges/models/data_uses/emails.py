"""What is stored with letters, and of who wants none."""

from django.utils.translation import gettext_lazy as _

from pledges.models.data_register import (
    COMPLAINTS,
    INTEREST,
    LOCKED,
    MODERATORS,
    NOBODY,
    OBJECTION,
    SAME_DAY,
    SERVER,
    Table,
    Use,
)

LETTERS = [
    Table(
        "pledges.QueuedEmail",
        _("Letters on their way to you"),
        INTEREST,
        SERVER,
        _("Seven days after it was sent or given up"),
        {
            "mailbox": Use(
                _("Your email address, encrypted"),
                _("To send the letter"),
                readers=LOCKED,
                kept=_("Until the letter is sent, given up or no longer wanted"),
            ),
            "words": Use(
                _("A complaint about how we handle personal details, encrypted, and how to answer it"),
                _("To send it to the person who answers for privacy"),
                basis=COMPLAINTS,
                readers=LOCKED,
                kept=_("Until the letter is sent"),
            ),
            "digest": Use(
                _("A fingerprint of your email address"),
                _("To write you no more than three such letters a day"),
                readers=NOBODY,
            ),
            "network": Use(
                _("A scrambled form of the network address that a form came from"),
                _("So that a flood from one network does not hold up other people's emails"),
                readers=SAME_DAY,
                kept=_("Until the letter is sent, given up or no longer wanted"),
            ),
            "kind ref": Use(_("What the letter is about"), _("To write the right one")),
            "due_at leased_until counted_at attempts sent_at dropped_at failed_at refusal": Use(
                _("When it was due, tried and sent, and with which number the mail server refused it"),
                _("To try again, and to see that letters arrive"),
                readers=MODERATORS,
            ),
        },
        "id",
    ),
    Table(
        "pledges.EmailBlock",
        _("That you never want to hear from us again"),
        OBJECTION,
        NOBODY,
        _("As long as the website can send letters, or until you allow it to write to you again"),
        {
            "digest blocked_on": Use(
                _("A fingerprint of your email address, and the day"), _("To write no more")
            ),
            "asked_on": Use(
                _("The day on which we last asked whether we may write again, because somebody used a form"),
                _("To ask once a week at most"),
            ),
        },
        "id",
    ),
]
