"""The classes of the register of data uses, and the texts that several declarations share: legal bases, who can read
something, and periods. Each app declares its tables with them, beside its models.
"""

from dataclasses import dataclass, field

from django.conf import settings
from django.utils.formats import date_format
from django.utils.functional import Promise, lazy
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from pledges.models import retention

Text = str | Promise

# Legal bases.
CONSENT = _("Your explicit consent: UK GDPR, Articles 6(1)(a) and 9(2)(a)")
INTEREST = _("Our legitimate interest in counting only genuine signatures: UK GDPR, Article 6(1)(f)")
DUTY = _("Our duty to show that we keep to the law: UK GDPR, Articles 5(2), 6(1)(c) and 7(1)")
OBJECTION = _("Our duty to respect that you object: UK GDPR, Articles 6(1)(c) and 21")
COMPLAINTS = _("Our duty to take complaints: Data Protection Act 2018, section 164A; UK GDPR, Article 6(1)(c)")
ACCOUNTABLE = _("Our legitimate interest in knowing who of our staff did what: UK GDPR, Article 6(1)(f)")

# Who can read it.
ANYONE = _("Anyone")
NO_ONE = _("No one can read it back; the website can compare it with an address that someone types")
SAME_DAY = _("No one; the website can compare it with another address of the same day")
SERVER_KEY = _("Only the website, with a key on its server")
SERVER = _("Only the website, which shows it to no one")
OWNER = _("Only the website, which shows it to you and to no one else")
HOLDERS = _("The two people who hold the campaign's keys, but not the website or its staff")
MODERATORS = _("Staff who moderate")
ADMINISTRATORS = _("Staff who administer the website")


# The storage periods, computed from the settings by which the retention job erases.
def _as_the_signature() -> str:
    day = date_format(retention.signatures_until())
    return gettext("Until you withdraw your signature, at the latest until %(day)s") % {"day": day}


def _months() -> str:
    months = settings.KEEP_CONTACT_MONTHS
    return ngettext(
        "Until %(months)s month after you last confirmed, or until you ask us to stop",
        "Until %(months)s months after you last confirmed, or until you ask us to stop",
        months,
    ) % {"months": months}


def _to_the_end() -> str:
    return gettext("Until %(day)s") % {"day": date_format(retention.signatures_until())}


WITH_THE_SIGNATURE, FOR_MONTHS = lazy(_as_the_signature, str)(), lazy(_months, str)()
TO_THE_END = lazy(_to_the_end, str)()
SIX_YEARS = _("Six years")
SIX_YEARS_OR_IN_FORCE = _("Six years, and longer only while what was decided still holds")
WHILE_THE_SITE_RUNS = _("As long as the website runs")
WITH_THE_ORGANISATION = _("As long as the organisation's signature, at the latest as long as the website runs")
ONE_DAY = _("A day")
ONE_MONTH = _("30 days")


@dataclass(frozen=True)
class Use:
    """Why fields are stored. If `basis`, `readers` or `period` is empty, that of the table is used."""

    what: Text
    purpose: Text
    basis: Text = ""
    readers: Text = ""
    period: Text = ""


@dataclass(frozen=True)
class Table:
    """The declaration of one table. A key of `uses` names one field, or several with spaces between.

    `model` is a label like "pledges.QueuedEmail", or the label of an app. `impersonal` names the fields without
    personal data: numbers, links between rows, the state of our own work; "*" means all others.
    """

    model: str
    about: Text
    basis: Text = ""
    readers: Text = ""
    period: Text = ""
    uses: dict[str, Use] = field(default_factory=dict)
    impersonal: str = ""
