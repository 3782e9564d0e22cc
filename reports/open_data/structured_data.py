"""schema.org data (JSON-LD) of pages, for search engines."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse

from reports.models import LANGUAGE, Body, GlossaryTerm, Recommendation, Report
from reports.open_data.serializers import address

Thing = dict[str, Any]
CONTEXT = {"@context": "https://schema.org"}


def of_report(report: Report) -> Thing:
    return CONTEXT | {
        "@type": "Report",
        "name": report.cited_as,
        "headline": report.title,
        "description": report.lead,
        "author": {"@type": "Person", "name": report.author},
        "publisher": {"@type": "Organization", "name": settings.CONTROLLER["name"]},
        "datePublished": report.dated_on.isoformat(),
        "inLanguage": report.language,
        "url": address(report.get_absolute_url()),
    }


def of_recommendation(one: Recommendation) -> Thing:
    report = one.sector.report
    return CONTEXT | {
        "@type": "CreativeWork",
        "name": f"{one.name}: {one.title}",
        "text": one.text,
        "position": one.number,
        "isPartOf": {"@type": "Report", "name": report.cited_as, "url": address(report.get_absolute_url())},
        "about": [of_body(body) for body in one.asked_of.all()],
        "dateModified": one.changed_at.isoformat(timespec="seconds"),
        "inLanguage": report.language,
        "url": address(one.get_absolute_url()),
    }


def of_body(body: Body) -> Thing:
    return {"@type": "Organization", "name": body.name, "url": address(body.get_absolute_url())}


def of_glossary(terms: Iterable[GlossaryTerm]) -> Thing:
    return CONTEXT | {
        "@type": "DefinedTermSet",
        "inLanguage": LANGUAGE,
        "url": address(reverse("reports:glossary")),
        "hasDefinedTerm": [
            {"@type": "DefinedTerm", "name": term.name, "description": term.meaning}
            | ({"termCode": term.short} if term.short else {})
            for term in terms
        ],
    }
