"""Why the fields of people who sign are stored."""

from django.utils.translation import gettext_lazy as _

from pledges.models.data_register import (
    ANYONE,
    CONSENT,
    DUTY,
    FOR_MONTHS,
    HOLDERS,
    INTEREST,
    MODERATORS,
    NO_ONE,
    OWNER,
    SAME_DAY,
    SERVER,
    SERVER_KEY,
    TO_THE_END,
    WITH_THE_SIGNATURE,
    Table,
    Use,
)

# The counted columns (`pledges.models.counted`), of a pending signature and of the signature.
COUNTED_USES = {
    "region": Use(_("Your region or nation, made from the postcode"), _("To count by region")),
    "profession": Use(
        _("A broad group of work, made from your occupation or chosen by you when you confirmed"),
        _("To count by profession"),
    ),
}

SUPPORTERS = [
    Table(
        "pledges.PendingSignature",
        _("What you typed, until you confirm it by email"),
        INTEREST,
        OWNER,
        _("Seven days; sixty if we ask an organisation whether it still supports the pledge"),
        {
            "digest": Use(
                _("A fingerprint of your email address"),
                _("To make one signature of what you confirm, and to erase all of it when you withdraw"),
                readers=NO_ONE,
            ),
            "submission_hmac": Use(
                _("A fingerprint of your answers"),
                _("To send you one email if the form was sent twice"),
                readers=NO_ONE,
            ),
            "token handle encrypted_token tries": Use(
                _("The link and the code in your email, and how often a code was tried"),
                _("To know that it is you who confirms"),
                readers=SERVER_KEY,
            ),
            "language": Use(
                _("The language of the page on which you signed"),
                _("To write the emails that ask you to confirm in that language"),
            ),
            **COUNTED_USES,
            "unsubscribe_token": Use(
                _("A hash of a random text that is sealed with it, which the links in our emails hold"),
                _("So that you can stop our emails by one press, without telling us who you are"),
            ),
            "contact": Use(
                _("If you said yes to email: your address, name, occupation and postcode, sealed"),
                _("To pass it on to the campaign, but only if you confirm"),
                readers=HOLDERS,
            ),
            "application": Use(
                _("An organisation's answers, with the name, role and work email of who signs, encrypted"),
                _("To make the organisation's signature of them, but only if the mailbox confirms"),
                readers=SERVER_KEY,
            ),
            "kind pledge_text email_queued_at expires_at confirmed_on": Use(
                _("Person or organisation, which pledge text, when you signed, and the day on which you confirmed"),
                _("To confirm what you were shown, and to erase it in time"),
            ),
            "provider": Use(
                _("The large group that your mail provider belongs to, or none"),
                _("To see if a provider refuses our emails, and to see floods"),
                period=_("Until the day on which you confirm is over: 48 hours at least, seven days at most"),
            ),
            "client": Use(
                _("A scrambled form of your network address"),
                _("To see floods of false signatures"),
                readers=SAME_DAY,
                period=_("48 hours"),
            ),
            "quarantined_on quarantine confirmed_before_rule": Use(
                _("Whether a rule against robots and floods marked it, and whether you had confirmed by then"),
                _("Not to count robots, nor to take you for one"),
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
                readers=NO_ONE,
            ),
            "pledge_text confirmed_on": Use(
                _("Which pledge text you signed, and on which day"), _("To show what you agreed to, and to count")
            ),
            **COUNTED_USES,
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
        "pledges.PublicName",
        _("Your name in the public list, if you chose that"),
        CONSENT,
        ANYONE,
        WITH_THE_SIGNATURE,
        {
            "name": Use(_("The name as you typed it for the list"), _("To show that you support the pledge")),
            "listed_on": Use(_("The day on which you asked for it"), _("To show the newest first")),
            "hidden_at reviewed_at": Use(
                _("Whether and when staff looked at it or hid it"),
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
            "unsubscribe_token": Use(
                _("A hash of a random text that is sealed with it, which the links in our emails hold"),
                _("So that you can stop our emails by one press, without telling us who you are"),
            ),
            "channel keep_until signature": Use(
                _("Email or post, until when, and to which signature it belongs"),
                _("To stop one channel and leave the other, and to erase it in time"),
                readers=OWNER,
            ),
        },
        "id ref",
    ),
    Table(
        "pledges.Removal",
        _("That a contact was erased which the campaign may have exported before"),
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
        _("What you agreed to, and what you withdrew"),
        DUTY,
        OWNER,
        WITH_THE_SIGNATURE,
        {
            "act purpose pledge_text recorded_on source signature": Use(
                _("Given, withdrawn or ended; for what; in which words; on which day; on which page or by phone"),
                _("To be able to show what you agreed to"),
            )
        },
        "id",
    ),
    Table(
        "pledges.ScheduledPhoneRequest",
        _("What you asked us on the phone to remove, until we do it"),
        CONSENT,
        SERVER,
        _("A day at most; until you confirm a form, if that is sooner"),
        {
            "digest": Use(
                _("A fingerprint of the email address that the caller named"),
                _("To find what to remove"),
                readers=NO_ONE,
            ),
            "kind due_at": Use(
                _("What to remove, and when"),
                _("To do it at a random time within a day, so that no one who watches can tell who asked"),
                readers=OWNER,
            ),
        },
        "id",
    ),
    Table(
        "pledges.Erasure",
        _("That something was erased"),
        DUTY,
        SERVER,
        _("40 days, five more than a backup"),
        {
            "table_name ref erased_on": Use(
                _("Which table, a random number and the day, but nothing of what was erased"),
                _("To erase it again if an older backup must be restored"),
            )
        },
        "id",
    ),
]
