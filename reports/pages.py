"""Returns the template and the context of each page of the report, for views and for staff's previews."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from pledges.statistics import totals
from reports import progress
from reports.glossary import Glossary
from reports.models import Arrangement, Body, GlossaryTerm, PressText, Recommendation, Reply, Report, Sector, Status
from reports.open_data import structured_data
from reports.share_images import images

Page = tuple[str, dict[str, Any]]


def report(found: Report) -> Page:
    return "reports/report.html", {
        "report": found,
        "head": {
            "title": _("The report"),
            "description": found.lead,
            "image": images.head_image_of(found),
            "structured": structured_data.of_report(found),
        },
        "arrangements": Arrangement.objects.published().prefetch_related("shared_by__successor"),
        **progress.progress_context(Sector.objects.published().with_recommendations()),
        # The page is long: its terms link to the glossary page instead of an explanation at its end.
        "glossary": Glossary.of_the_site(at=reverse("reports:glossary")),
    }


def document(found: Report) -> Page:
    return "reports/document.html", {
        "report": found,
        "arrangements": Arrangement.objects.published().prefetch_related("shared_by__successor"),
        **progress.progress_context(Sector.objects.published().with_recommendations(history=True)),
        "terms": GlossaryTerm.objects.published(),
        "address": settings.SITE_ORIGIN + found.get_absolute_url(),
    }


def sector(found: Sector) -> Page:
    """Returns the page of a sector, which has its `public_recommendations`."""
    return "reports/sector.html", {
        "sector": found,
        "head": {
            "title": _("%(sector)s: what the report asks") % {"sector": found.name},
            "description": found.lead,
            "image": images.head_image_of(found),
        },
        "checked_on": progress.checked_on(found.public_recommendations),
        "glossary": Glossary.of_the_site(),
    }


def recommendation(found: Recommendation) -> Page:
    history = found.updates.with_corrections().newest_first()
    since = list(history.since_report())
    return "reports/recommendation.html", {
        "recommendation": found,
        "sector": found.sector,
        "head": {
            "title": f"{found.name}: {found.title}",
            "description": found.text,
            "image": images.head_image_of(found),
            "structured": structured_data.of_recommendation(found),
            "feed": reverse("reports:recommendation_atom", args=[found.sector.slug, found.number]),
        },
        "since": since,
        "latest": next((update for update in since if not update.is_corrected), None),
        "before": history.before_report(),
        "replies": Reply.objects.published().filter(recommendation=found).select_related("body"),
        "neighbours": Recommendation.objects.published().filter(sector=found.sector).select_related("sector"),
        "glossary": Glossary.of_the_site(),
    }


def asked_of(body: Body) -> Page:
    recommendations = Recommendation.objects.published().with_addressees().of(body)
    return "reports/asked_of.html", {
        "body": body,
        "recommendations": recommendations,
        "checked_on": progress.checked_on(recommendations),
        "glossary": Glossary.of_the_site(),
    }


def press() -> Page:
    """Returns the page for journalists: contact, figures, quotations, releases, images, method and corrections."""
    texts = PressText.objects.published()
    return "reports/press.html", {
        "totals": totals.totals(),
        "contact": settings.PRESS,
        "report": Report.objects.current(),
        "images": list(filter(None, [images.figure(), *images.published()])),
        "quotations": texts.filter(kind=PressText.Kind.QUOTATION),
        "releases": texts.filter(kind=PressText.Kind.RELEASE),
        "checked_on": progress.checked_on(Recommendation.objects.published()),
        "statuses": Status.labels,
    }


def glossary() -> Page:
    terms = GlossaryTerm.objects.published()
    return "reports/glossary.html", {"terms": terms, "head": {"structured": structured_data.of_glossary(terms)}}
