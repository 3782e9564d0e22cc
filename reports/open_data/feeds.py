"""The report as data for other programs: JSON, CSV and Atom feeds, which scripts of any site may fetch (CORS)."""

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

from reports.models import LANGUAGE, Recommendation, Report, Update, updates
from reports.open_data import serializers
from reports.open_data.serializers import address

View = Callable[..., HttpResponse]
NEWEST = 50
# The namespace of the ids of feeds and entries. Never change it: feed readers would show every entry again.
IDS = uuid.UUID("ece2d404-7b1e-4967-a278-6fb80c251d8d")


def open_to_all(view: View) -> View:
    """Decorates a view: scripts of any site may fetch it (CORS), and `Last-Modified` is when the data changed."""

    @require_safe
    @cache_control(public=True)
    @wraps(view)
    def answer(request: HttpRequest, *args: object, **named: object) -> HttpResponse:
        response = view(request, *args, **named)
        response["Access-Control-Allow-Origin"] = "*"
        if changed := serializers.last_changed():
            response["Last-Modified"] = http_date(changed.timestamp())
        return response

    return answer


@open_to_all
def recommendations_json(request: HttpRequest) -> HttpResponse:
    report = Report.objects.current()
    if report is None:
        raise Http404("no report is published")
    rows = Recommendation.objects.published().with_addressees().prefetch_related(updates.newest_first())
    return JsonResponse(serializers.everything(report, rows), json_dumps_params={"ensure_ascii": False, "indent": 1})


@open_to_all
def recommendations_csv(request: HttpRequest) -> HttpResponse:
    rows = Recommendation.objects.published().with_addressees().prefetch_related(updates.newest_first())
    return csv("recommendations", serializers.RECOMMENDATION_COLUMNS, map(serializers.recommendation_cells, rows))


@open_to_all
def updates_csv(request: HttpRequest) -> HttpResponse:
    rows = Update.objects.published().with_recommendation().with_corrections().newest_first()
    return csv("updates", serializers.UPDATE_COLUMNS, map(serializers.update_cells, rows))


@open_to_all
def updates_atom(request: HttpRequest) -> HttpResponse:
    """Answers with the 50 updates of all recommendations that were recorded last."""
    rows = Update.objects.published().with_recommendation().with_corrections().last_recorded()[:NEWEST]
    title = _("Care Don't Share: what has happened")
    return atom(title, reverse("reports:progress"), request.path, "updates", rows)


@open_to_all
def recommendation_atom(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    one = Recommendation.objects.published().with_addressees().at(slug, number)
    if one is None:
        raise Http404("no such recommendation")
    here = reverse("reports:recommendation_atom", args=[one.sector.slug, one.number])
    if request.path != here:
        return redirect(here, permanent=True)
    title = _("Care Don't Share: %(name)s, %(title)s") % {"name": one.name, "title": one.title}
    rows = one.updates.with_recommendation().with_corrections().last_recorded()
    return atom(title, one.get_absolute_url(), request.path, one.key, rows)


def csv(name: str, columns: list[str], rows: Iterable[serializers.Row]) -> HttpResponse:
    response = HttpResponse("".join(serializers.table(columns, rows)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def atom(title: str, page: str, path: str, key: str, rows: Iterable[Update]) -> HttpResponse:
    """Returns an Atom feed of the updates. Its permanent id is made from `key`, and stays when the page moves."""
    feed = Feed(
        title=title,
        link=address(page),
        description="",
        language=LANGUAGE,
        feed_url=address(path),
        feed_guid=permanent_id(key),
        author_name=settings.CONTROLLER["name"],
    )
    for update in rows:
        feed.add_item(
            title=str(update),
            link=address(update.get_absolute_url()),
            description=update_html(update),
            unique_id=permanent_id(f"update/{update.pk}"),
            pubdate=update.recorded_at,
            updateddate=update.superseded_by.recorded_at if update.is_corrected else update.recorded_at,
        )
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)


class Feed(Atom1Feed):
    """An Atom feed. Without entries its date is the last change of the report, not the current time as in Django."""

    def latest_post_date(self):
        changed = None if self.items else serializers.last_changed()
        return changed or super().latest_post_date()


def permanent_id(key: str) -> str:
    """Returns a permanent id (a UUID of version 5, RFC 9562) that does not depend on the address of the site."""
    return uuid.uuid5(IDS, key).urn


def update_html(update: Update) -> str:
    """Returns an update as HTML, for the entry of an Atom feed."""
    sources = format_html_join("; ", '<a href="{}">{}</a>', ((one["url"], one["name"]) for one in update.sources))
    parts = [
        _("Corrected by another entry. We had written:") if update.is_corrected else "",
        _("Reported by %(who)s:") % {"who": update.reported_by} if update.reported_by else "",
        update.what,
        _("From then on: %(status)s.") % {"status": update.status_text}
        if update.status_after and not update.is_corrected
        else "",
        _("Source:"),
        sources,
    ]
    return format_html_join(" ", "{}", ((part,) for part in parts if part))
