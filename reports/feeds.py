"""What programs read: JSON, CSV and Atom. Open to every site, and kept only while nothing has changed."""

import uuid
from collections.abc import Callable, Iterable
from functools import wraps

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html_join
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from reports import open_data
from reports.models import LANGUAGE, Recommendation, Report, Update
from reports.open_data import address

View = Callable[..., HttpResponse]
NEWEST = 50
# What the ids of feeds and entries are made from. Never changed: readers would show every entry once more.
IDS = uuid.UUID("ece2d404-7b1e-4967-a278-6fb80c251d8d")


def open_to_all(view: View) -> View:
    """Any site may fetch it; it says when it last changed."""

    @require_safe
    @cache_control(public=True)
    @wraps(view)
    def answer(request: HttpRequest, *args: object, **named: object) -> HttpResponse:
        response = view(request, *args, **named)
        response["Access-Control-Allow-Origin"] = "*"
        if changed := open_data.last_changed():
            response["Last-Modified"] = http_date(changed.timestamp())
        return response

    return answer


@open_to_all
def recommendations_json(request: HttpRequest) -> HttpResponse:
    report = Report.objects.current()
    if report is None:
        raise Http404("no report is published")
    rows = Recommendation.objects.published().with_addressees().with_history()
    return JsonResponse(
        open_data.everything(report, rows), json_dumps_params={"ensure_ascii": False, "indent": 1}
    )


@open_to_all
def recommendations_csv(request: HttpRequest) -> HttpResponse:
    rows = Recommendation.objects.published().with_addressees().with_history()
    return csv("recommendations", open_data.RECOMMENDATION_COLUMNS, map(open_data.recommendation_cells, rows))


@open_to_all
def updates_csv(request: HttpRequest) -> HttpResponse:
    rows = Update.objects.published().with_place().with_corrections().newest_first()
    return csv("updates", open_data.UPDATE_COLUMNS, map(open_data.update_cells, rows))


@open_to_all
def updates_atom(request: HttpRequest) -> HttpResponse:
    """What was recorded last, of all recommendations."""
    updates = Update.objects.published().with_place().with_corrections().last_recorded()[:NEWEST]
    return atom(
        _("Care Don't Share: what has happened"),
        reverse("reports:progress"),
        request.path,
        "updates",
        updates,
    )


@open_to_all
def recommendation_atom(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    one = Recommendation.objects.published().with_addressees().at(slug, number)
    if one is None:
        raise Http404("no such recommendation")
    here = reverse("reports:recommendation_atom", args=[one.sector.slug, one.number])
    if request.path != here:
        return redirect(here, permanent=True)
    title = _("Care Don't Share: %(name)s, %(title)s") % {"name": one.name, "title": one.title}
    updates = one.updates.with_place().with_corrections().last_recorded()
    return atom(title, one.get_absolute_url(), request.path, one.key, updates)


def csv(name: str, columns: list[str], rows: Iterable[open_data.Row]) -> HttpResponse:
    response = HttpResponse("".join(open_data.table(columns, rows)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def atom(title: str, page: str, path: str, key: str, updates: Iterable[Update]) -> HttpResponse:
    """`key` is what the feed is known by for ever, wherever it and its page may move."""
    feed = Feed(
        title=title,
        link=address(page),
        description="",
        language=LANGUAGE,
        feed_url=address(path),
        feed_guid=lasting_id(key),
        author_name=settings.CONTROLLER["name"],
    )
    for update in updates:
        feed.add_item(
            title=str(update),
            link=address(update.get_absolute_url()),
            description=told(update),
            unique_id=lasting_id(f"update/{update.pk}"),
            pubdate=update.recorded_at,
            updateddate=update.superseded_by.recorded_at if update.is_corrected else update.recorded_at,
        )
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)


class Feed(Atom1Feed):
    """One without entries was last changed when the report was, not now: it would never be the same twice."""

    def latest_post_date(self):
        changed = None if self.items else open_data.last_changed()
        return changed or super().latest_post_date()


def lasting_id(key: str) -> str:
    """An id for ever (a UUID of version 5, RFC 9562), whatever address the site has."""
    return uuid.uuid5(IDS, key).urn


def told(update: Update) -> str:
    """An update as a paragraph of HTML, as Atom reads it."""
    sources = format_html_join(
        "; ", '<a href="{}">{}</a>', ((one["url"], one["name"]) for one in update.sources)
    )
    parts = [
        _("Corrected by another entry. We had written:") if update.is_corrected else "",
        _("Reported by %(who)s:") % {"who": update.reported_by} if update.reported_by else "",
        update.what,
        _("From then on: %(status)s.") % {"status": update.status_told}
        if update.status_after and not update.is_corrected
        else "",
        _("Source:"),
        sources,
    ]
    return format_html_join(" ", "{}", ((part,) for part in parts if part))
