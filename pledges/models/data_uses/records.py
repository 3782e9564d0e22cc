"""Why the records of what staff did are stored; and the tables without personal data."""

from django.utils.translation import gettext_lazy as _

from pledges.models.data_register import (
    ACCOUNTABLE,
    INTEREST,
    MODERATORS,
    ONE_DAY,
    ONE_MONTH,
    SIX_YEARS,
    SIX_YEARS_OR_IN_FORCE,
    Table,
    Text,
    Use,
)

WHO_DID_IT = Use(_("Who did it, and when"), _("To know who of our staff did what"))


def _record(
    model: str, about: Text, impersonal: str, who: str = "decided_by decided_at", period: Text = SIX_YEARS_OR_IN_FORCE
) -> Table:
    """Declares a record of what members of staff did, whose only personal data is who did it and when."""
    return Table(model, about, ACCOUNTABLE, MODERATORS, period, {who: WHO_DID_IT}, impersonal)


STAFF_RECORDS = [
    Table(
        "pledges.OrganisationDecision",
        _("What staff decided about an organisation"),
        ACCOUNTABLE,
        MODERATORS,
        SIX_YEARS_OR_IN_FORCE,
        {
            "decided_by decided_at": WHO_DID_IT,
            "text": Use(
                _("What staff wrote to it, what it answered, and their notes"),
                _("To decide about it, and to know later why"),
            ),
        },
        "id ref organisation_ref version act reason previous_name undoes",
    ),
    Table(
        "pledges.NameReport",
        _("Which names in the public lists someone reported to us, and why, but not who reported them"),
        INTEREST,
        MODERATORS,
        ONE_MONTH,
        {"name": Use(_("The name that was reported"), _("To keep insults and false names off the lists"))},
        "id reason reported_on settled_at",
    ),
    Table(
        "pledges.OpenScreen",
        _("Which member of staff opened an organisation's page, and when"),
        ACCOUNTABLE,
        MODERATORS,
        ONE_DAY,
        {
            "staff opened_at": Use(
                _("Who opened it, and when"), _("So that two members of staff do not work on the same one")
            )
        },
        "id organisation",
    ),
    _record("pledges.NameDecision", _("What staff hid from the public list"), "id public_name_ref hidden reason"),
    _record(
        "pledges.ListVisibility",
        _("When staff switched the public lists off and on"),
        "id lists_hidden organisations_from",
    ),
    _record(
        "pledges.Export",
        _("That the campaign exported sealed contacts"),
        "id channel purpose records by_command",
        "exported_by exported_at",
    ),
    _record(
        "pledges.PhoneRequest",
        _("What callers asked staff to remove, but not who"),
        "id ref kind",
        "taken_by taken_at",
        period=SIX_YEARS,
    ),
    _record(
        "pledges.PaperCount",
        _("How many signatures staff counted on paper, and nothing that was written there"),
        "id ref version signatures counted_on",
        "entered_by entered_at",
    ),
    _record("pledges.AbuseRule", _("When staff set a rule against robots and floods"), "id kind is_on most minutes"),
    _record(
        "pledges.QuarantineDecision",
        _("What staff decided about marked signatures, but not whose they are"),
        "id quarantine_ref act signatures",
        period=SIX_YEARS,
    ),
]

NOTHING_PERSONAL = [
    Table("pledges.PledgeText", _("The texts of the pledge"), impersonal="*"),
    Table("pledges.DailyStatistics", _("How many asked and confirmed each day"), impersonal="*"),
    Table("pledges.Quarantine", _("Which rule marked signatures together"), impersonal="*"),
    Table("pledges.WeeklyStatistics", _("The public numbers of each week, rounded"), impersonal="*"),
    Table("pledges.Totals", _("The public totals"), impersonal="*"),
    Table("pledges.DigestChain", _("A fingerprint of our own keys"), impersonal="*"),
]
