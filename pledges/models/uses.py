"""Why each field of these models is stored: what the register at /privacy/data/ says of them.

A field that is declared nowhere fails the suite. The words are for the people whose data it is.
"""

from django.conf import settings
from django.utils.formats import date_format
from django.utils.functional import lazy
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from pledges import retention
from pledges.register import (
    ACCOUNTABLE,
    COMPLAINTS,
    CONSENT,
    DUTY,
    EVERYBODY,
    HOLDERS,
    INTEREST,
    LOCKED,
    MODERATORS,
    NOBODY,
    OBJECTION,
    OWNER,
    SAME_DAY,
    SERVER,
    Table,
    Text,
    Use,
)


def _as_the_signature() -> str:
    day = date_format(retention.signatures_until())
    return gettext("Until you withdraw your signature, at the latest until %(day)s") % {"day": day}


def _months() -> str:
    months = settings.KEEP_CONTACT_MONTHS
    return ngettext(
        "Until %(months)s month after you last confirmed, or until you say stop",
        "Until %(months)s months after you last confirmed, or until you say stop",
        months,
    ) % {"months": months}


def _to_the_end() -> str:
    return gettext("Until %(day)s") % {"day": date_format(retention.signatures_until())}


WITH_THE_SIGNATURE, FOR_MONTHS = lazy(_as_the_signature, str)(), lazy(_months, str)()
TO_THE_END = lazy(_to_the_end, str)()
SIX_YEARS = _("Six years")
WHILE_THE_SITE_RUNS = _("As long as the website runs")
WHILE_IT_STANDS = _("As long as the organisation's signature, at the latest as long as the website runs")

SUPPORTERS = [
    Table(
        "pledges.Pending",
        _("What you typed, until your mailbox has confirmed it"),
        INTEREST,
        OWNER,
        _("Seven days; sixty where we ask an organisation whether it still stands by the pledge"),
        {
            "digest": Use(
                _("A fingerprint of your email address"),
                _("To make one signature of what you confirm, and to erase all of it when you withdraw"),
                readers=NOBODY,
            ),
            "same": Use(
                _("A fingerprint of what stands here of your answers"),
                _("To write you one letter where the form was sent twice"),
                readers=NOBODY,
            ),
            "token handle locked_token tries": Use(
                _("The link and the code in your letter, and how often a code was tried"),
                _("To know that it is you who confirms"),
                readers=LOCKED,
            ),
            "region": Use(_("Your region or nation, made from the postcode"), _("To count by region")),
            "profession": Use(_("A broad group, made from your occupation"), _("To count by profession")),
            "contact": Use(
                _("If you said yes to email: your address, name, occupation and postcode, sealed"),
                _("To pass it on to the campaign, but only if you confirm"),
                readers=HOLDERS,
            ),
            "application": Use(
                _("An organisation's answers, with the name, role and work email of who signs, encrypted"),
                _("To make the organisation's signature of them, but only if the mailbox confirms"),
                readers=LOCKED,
            ),
            "kind wording lettered_at expires_at confirmed_at": Use(
                _("Person or organisation, which wording, when you signed, were written to and confirmed"),
                _("To confirm what you were shown, and to forget it in time"),
            ),
            "provider": Use(
                _("The large group that your mail provider belongs to, or none"),
                _("To see that one provider takes no letters, and to see floods"),
                kept=_(
                    "48 hours, and then until the day on which you confirm is over; seven days if nobody confirms"
                ),
            ),
            "client": Use(
                _("A scrambled form of your network address"),
                _("To see floods of signatures that nobody meant"),
                readers=SAME_DAY,
                kept=_("48 hours"),
            ),
            "quarantined_on quarantine": Use(
                _("Whether a rule against robots and floods marked it"),
                _("Not to count robots"),
                readers=SERVER,
            ),
        },
        "id ref",
    ),
    Table(
        "pledges.Signature",
        _("Your signature"),
        CONSENT,
        OWNER,
        WITH_THE_SIGNATURE,
        {
            "digest": Use(
                _("A fingerprint of your email address"),
                _("To count each mailbox once, and to find your signature when you ask for it"),
                readers=NOBODY,
            ),
            "wording confirmed_on": Use(
                _("Which wording you signed, and on which day"), _("To show what you agreed to, and to count")
            ),
            "region": Use(_("Your region or nation, if you gave a postcode"), _("To count by region")),
            "profession": Use(_("A broad group, if you gave an occupation"), _("To count by profession")),
            "quarantined_on quarantine": Use(
                _("Whether a rule against robots and floods marked it"),
                _("Not to count robots"),
                basis=INTEREST,
                readers=SERVER,
            ),
            "name_hidden_at": Use(
                _("Whether and since when staff hide your public name"),
                _("To keep it hidden if you sign again"),
                basis=INTEREST,
                readers=SERVER,
            ),
        },
        "id ref sample",
    ),
    Table(
        "pledges.Listing",
        _("Your name in the public list, if you wished it"),
        CONSENT,
        EVERYBODY,
        WITH_THE_SIGNATURE,
        {
            "name": Use(
                _("The name as you typed it for the list"), _("To show that you stand by the pledge")
            ),
            "listed_on": Use(_("The day on which you asked for it"), _("To show the newest first")),
            "hidden_at": Use(
                _("Whether and when staff hid it"),
                _("To keep insults and false names off the list"),
                basis=INTEREST,
                readers=MODERATORS,
            ),
            "signature": Use(_("To which signature it belongs"), _("To erase both together"), readers=SERVER),
        },
        "id ref",
    ),
    Table(
        "pledges.Contact",
        _("How to reach you, if you asked us to keep in touch"),
        CONSENT,
        HOLDERS,
        FOR_MONTHS,
        {
            "sealed": Use(
                _("By email: address, name, occupation, postcode. By post: name and postal address. Sealed"),
                _("To write to you about this campaign, and for nothing else"),
            ),
            "channel keep_until signature": Use(
                _("Email or post, until when, and to which signature it belongs"),
                _("To stop one channel and leave the other, and to forget it in time"),
                readers=OWNER,
            ),
        },
        "id ref",
    ),
    Table(
        "pledges.Removal",
        _("That a contact is gone which the campaign may have taken out before"),
        DUTY,
        SERVER,
        TO_THE_END,
        {
            "ref channel": Use(
                _("The random number of the sealed record, and email or post"),
                _("To take you off the lists that were made before"),
            )
        },
    ),
    Table(
        "pledges.Consent",
        _("What you agreed to, and what you took back"),
        DUTY,
        OWNER,
        WITH_THE_SIGNATURE,
        {
            "act purpose wording recorded_on source signature": Use(
                _(
                    "Given, taken back or ended; for what; in which words; on which day; on which page or by phone"
                ),
                _("To be able to show what you agreed to"),
            ),
        },
        "id ref",
    ),
    Table(
        "pledges.Erasure",
        _("That something was erased"),
        DUTY,
        SERVER,
        _("35 days"),
        {
            "table_name ref erased_on": Use(
                _("Which table, a random number, the day; nothing of what was erased"),
                _("To erase it again if an older backup must be restored"),
            )
        },
        "id",
    ),
]

LETTERS = [
    Table(
        "pledges.Letter",
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
            "kind ref": Use(_("What the letter is about"), _("To write the right one")),
            "due_at leased_until counted_at attempts sent_at dropped_at parked_at refusal": Use(
                _("When it was due, tried and sent, and with which number the mail server refused it"),
                _("To try again, and to see that letters arrive"),
                readers=MODERATORS,
            ),
        },
        "id",
    ),
    Table(
        "pledges.Blocked",
        _("That you never want to hear from us again"),
        OBJECTION,
        NOBODY,
        _("As long as the website can send letters"),
        {
            "digest blocked_on": Use(
                _("A fingerprint of your email address, and the day"), _("To write no more")
            )
        },
        "id",
    ),
]

ORGANISATIONS = [
    Table(
        "pledges.Organisation",
        _("Organisations that sign"),
        INTEREST,
        MODERATORS,
        WHILE_IT_STANDS,
        {
            "name website kind": Use(
                _("Its name, website and kind"),
                _(
                    "To show who stands behind the pledge, once staff approved it and if it wishes to be named"
                ),
                readers=EVERYBODY,
            ),
            "contact": Use(
                _("The name, role and work email of the person who signs for it, encrypted"),
                _("To check that the organisation agreed, and to write to it about its signature"),
                kept=_(
                    "Until 30 days after we decline it or it withdraws, at the latest until the campaign's end"
                ),
            ),
            "digest": Use(
                _("A fingerprint of that email address"),
                _("To find its entry when that person asks to change it or to withdraw"),
                readers=NOBODY,
                kept=_("As long as the contact"),
            ),
            "entered_by": Use(
                _("Which member of staff entered it for one that agreed in writing"),
                _("To know who of our staff did what"),
                basis=ACCOUNTABLE,
            ),
        },
        "id ref is_named wording version confirmed_at approved_at declined_at withdrawn_at asked_at reminded_on "
        "stands_on agreed_on sample",
    ),
]


def _record(model: str, about: Text, impersonal: str, who: str = "decided_by decided_at") -> Table:
    """A record of what a member of staff did."""
    use = Use(_("Who did it, and when"), _("To know who of our staff did what"))
    return Table(model, about, ACCOUNTABLE, MODERATORS, SIX_YEARS, {who: use}, impersonal)


STAFF_RECORDS = [
    _record(
        "pledges.Decision",
        _("What staff decided about an organisation"),
        "id organisation_ref version act reason was",
    ),
    _record("pledges.Hiding", _("What staff hid from the public list"), "id listing_ref hidden reason"),
    _record(
        "pledges.Showing",
        _("When staff switched the public lists off and on"),
        "id lists_hidden organisations_from",
    ),
    _record(
        "pledges.Export",
        _("That the campaign took out sealed contacts"),
        "id channel purpose records",
        "exported_by exported_at",
    ),
    _record(
        "pledges.Call",
        _("What callers asked staff to take away; never whose"),
        "id ref wish",
        "taken_by taken_at",
    ),
    _record(
        "pledges.Rule", _("When staff set a rule against robots and floods"), "id kind is_on most minutes"
    ),
    _record(
        "pledges.Judgement",
        _("What staff decided about marked signatures; never whose"),
        "id quarantine_ref act signatures",
    ),
]

NOTHING_PERSONAL = [
    Table("pledges.Wording", _("The pledge in its wordings"), "", "", "", impersonal="*"),
    Table("pledges.Turnout", _("How many asked and confirmed each day"), "", "", "", impersonal="*"),
    Table("pledges.Quarantine", _("Which rule marked signatures together"), "", "", "", impersonal="*"),
    Table("pledges.Figure", _("The public numbers of each week, rounded"), "", "", "", impersonal="*"),
    Table("pledges.Tally", _("The public totals"), "", "", "", impersonal="*"),
    Table("pledges.DigestChain", _("A fingerprint of our own keys"), "", "", "", impersonal="*"),
]
