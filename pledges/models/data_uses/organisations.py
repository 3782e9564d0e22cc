"""Why the fields of organisations, and of those who sign for them, are stored."""

from django.utils.translation import gettext_lazy as _

from pledges.models.data_register import (
    ACCOUNTABLE,
    ANYONE,
    INTEREST,
    MODERATORS,
    NO_ONE,
    SERVER,
    WITH_THE_ORGANISATION,
    Table,
    Use,
)

ORGANISATIONS = [
    Table(
        "pledges.Organisation",
        _("Organisations that sign"),
        INTEREST,
        MODERATORS,
        WITH_THE_ORGANISATION,
        {
            "name website kind": Use(
                _("Its name, website and kind"),
                _("To show who has signed the pledge, after staff approved it and if it chose to be named"),
                readers=ANYONE,
            ),
            "key": Use(
                _("Its name again, without differences of spelling"),
                _("To find, sort and compare organisations"),
                readers=SERVER,
            ),
            "contact": Use(
                _("The name, role and work email of the person who signs for it, encrypted"),
                _("To check that the organisation agreed, and to write to it about its signature"),
                period=_("Until 30 days after we decline it or it withdraws, at the latest until the campaign's end"),
            ),
            "digest": Use(
                _("A fingerprint of that email address"),
                _("To find its entry when that person asks to change it or to withdraw"),
                readers=NO_ONE,
                period=_("As long as the contact"),
            ),
            "entered_by": Use(
                _("Which member of staff entered it for one that agreed in writing"),
                _("To know who of our staff did what"),
                basis=ACCOUNTABLE,
            ),
        },
        "id ref namesake is_named pledge_text version confirmed_at approved_at declined_at withdrawn_at asked_at "
        "reminded_on reconfirmed_on yearly_stopped_on agreed_on sample",
    )
]
