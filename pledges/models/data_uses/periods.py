"""The storage periods as texts, computed from the same settings by which the retention job erases."""

from django.conf import settings
from django.utils.formats import date_format
from django.utils.functional import lazy
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from pledges.models import retention


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
WITH_THE_ORGANISATION = _(
    "As long as the organisation's signature, at the latest as long as the website runs"
)
ONE_DAY = _("A day")
ONE_MONTH = _("30 days")
