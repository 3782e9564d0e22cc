"""Recommendations and updates as rows for JSON and CSV, whose fields /report/data/ documents.

Fields may be added; none is renamed, removed or given another meaning while VERSION stays the same.
"""

import datetime
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.db.models import Max, Q
from django.utils import timezone

from pledges.inputs import spreadsheet
from reports.models import Body, Recommendation, Report, Update, dates

VERSION = 1
Row = dict[str, Any]


def address(path: str) -> str:
    """Returns the absolute URL of a path of this site."""
    return settings.SITE_ORIGIN + path


def everything(report: Report, recommendations: Iterable[Recommendation]) -> Row:
    """Returns the report and its public recommendations, for JSON."""
    return {
        "version": VERSION,
        "report": {
            "title": report.title,
            "author": report.author,
            "dated_on": report.dated_on.isoformat(),
            "language": report.language,
            "url": address(report.get_absolute_url()),
        },
        "judgement": "Each status is the campaign's own judgement.",
        "recommendations": [recommendation_row(one) for one in recommendations],
    }


def recommendation_row(one: Recommendation) -> Row:
    return {
        "id": one.key,
        "sector": one.sector.slug,
        "number": one.number,
        "title": one.title,
        "text": one.text,
        "asked_of": [body_row(body) for body in one.asked_of.all()],
        "applies_in": one.applies_in,
        "status": one.status,
        "status_note": one.status_note or None,
        "checked_on": one.checked_on.isoformat() if one.checked_on else None,
        "quotation": {"text": one.quotation, "page": one.quotation_page} if one.quotation else None,
        "url": address(one.get_absolute_url()),
        "updates": [update_row(update) for update in one.updates.all()],
    }


def body_row(body: Body) -> Row:
    return {
        "id": body.slug,
        "name": body.name,
        "from": body.exists_from.isoformat() if body.exists_from else None,
        "until": body.exists_until.isoformat() if body.exists_until else None,
        "successor": {"id": body.successor.slug, "name": body.successor.name} if body.successor else None,
    }


def update_row(update: Update) -> Row:
    return {
        "id": update.pk,
        "happened_on": dates.iso(update.happened_on, update.precision),
        "precision": update.precision,
        "before_report": update.is_before_report,
        "what": update.what,
        "reported_by": update.reported_by or None,
        "sources": update.sources,
        "status_after": update.status_after or None,
        "status_note": update.status_note or None,
        "corrects": update.supersedes_id,
        "corrected_by": update.superseded_by.pk if update.is_corrected else None,
        "recorded_at": update.recorded_at.isoformat(timespec="seconds"),
        "url": address(update.get_absolute_url()),
    }


def recommendation_cells(one: Recommendation) -> Row:
    row = recommendation_row(one)
    bodies = "; ".join(body["name"] for body in row["asked_of"])
    return {name: row[name] for name in RECOMMENDATION_COLUMNS if name in row} | {"asked_of": bodies}


def update_cells(update: Update) -> Row:
    row = update_row(update)
    sources = " ".join(source["url"] for source in row["sources"])
    names = "; ".join(source["name"] for source in row["sources"])
    known = {name: row[name] for name in UPDATE_COLUMNS if name in row}
    return known | {"recommendation": update.recommendation.key, "source_urls": sources, "source_names": names}


RECOMMENDATION_COLUMNS = [
    *("id", "sector", "number", "title", "text", "asked_of", "applies_in", "status", "status_note"),
    *("checked_on", "url"),
]
UPDATE_COLUMNS = [
    *("id", "recommendation", "happened_on", "precision", "before_report", "what", "reported_by"),
    *("source_names", "source_urls", "status_after", "status_note", "corrects", "corrected_by"),
    *("recorded_at", "url"),
]


def table(columns: list[str], rows: Iterable[Row]) -> Iterator[str]:
    """Yields the lines of a CSV file with these columns of the rows."""
    return spreadsheet.csv_lines([columns, *([row[name] for name in columns] for row in rows)])


def last_changed() -> datetime.datetime | None:
    """Returns when a recommendation, or a row that it belongs to, last changed or became public.

    Unpublished rows count too, so that withdrawing one changes the date.
    """
    above = ("", "sector__", "sector__report__")
    bodies = ("asked_of__", "asked_of__successor__")
    now = timezone.now()
    changed = {f"{path}changed": Max(f"{path}changed_at") for path in (*above, *bodies)}
    published = {
        f"{path}published": Max(f"{path}published_at", filter=Q(**{f"{path}published_at__lte": now})) for path in above
    }
    recorded = Max("updates__recorded_at")
    moments = Recommendation.objects.aggregate(**changed, **published, recorded=recorded).values()
    return max((moment for moment in moments if moment), default=None)
