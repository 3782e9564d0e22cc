"""The pages about the campaign itself: home, about, safety, privacy and the register of personal data, security.txt."""

from datetime import timedelta

from django.conf import settings
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from campaign.privacy import data_register
from pledges import languages
from pledges.models import PledgeText, retention
from pledges.signing.emails import REMINDER_AFTER
from pledges.statistics import totals
from reports import progress
from reports.models import Arrangement, GlossaryTerm, Sector


@require_safe
@cache_control(public=True)
def home(request: HttpRequest) -> HttpResponse:
    pledge_text = PledgeText.objects.current(timezone.now(), get_language() or "")
    if languages.is_in_short("home"):
        return render(request, "campaign/home_in_short.html", {"pledge_text": pledge_text})
    page = {
        "totals": totals.totals(),
        "pledge_text": pledge_text,
        "arrangements": Arrangement.objects.published(),
        **progress.progress_context(Sector.objects.published().with_recommendations(addressees=False)),
    }
    return render(request, "campaign/home.html", page)


@require_safe
@cache_control(public=True)
def favicon(request: HttpRequest) -> HttpResponse:
    """Redirects /favicon.ico, which browsers and feed readers request by default, to the icon."""
    return redirect(static("img/favicon.ico"))


@require_safe
@cache_control(public=True)
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "campaign/about.html", {"terms": GlossaryTerm.objects.published().order_by(Lower("name"))})


@require_safe
@cache_control(public=True)
def safety(request: HttpRequest) -> HttpResponse:
    return render(request, "campaign/safety.html")


@require_safe
@cache_control(public=True)
def privacy(request: HttpRequest) -> HttpResponse:
    if languages.is_in_short("privacy"):
        return render(request, "campaign/privacy_in_short.html")
    page = {
        "keep_months": settings.KEEP_CONTACT_MONTHS,
        "signatures_until": retention.signatures_until(),
        "reminder_hours": REMINDER_AFTER // timedelta(hours=1),
    }
    return render(request, "campaign/privacy.html", page)


@require_safe
@cache_control(public=True)
def data(request: HttpRequest) -> HttpResponse:
    """The register of personal data, field by field."""
    page = {"groups": data_register.as_data(), "processors": settings.PROCESSORS}
    return render(request, "campaign/data.html", page)


@require_safe
@cache_control(public=True)
def data_json(request: HttpRequest) -> HttpResponse:
    controller, processors = settings.CONTROLLER, settings.PROCESSORS
    return JsonResponse(
        {"controller": controller, "processors": processors, "groups": data_register.as_data()},
        json_dumps_params={"indent": 1, "ensure_ascii": False},
    )


@require_safe
@cache_control(public=True)
def security_txt(request: HttpRequest) -> HttpResponse:
    """Answers with security.txt (RFC 9116): where to report a vulnerability. It is valid for another half year."""
    expires = (timezone.now() + timedelta(days=180)).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: mailto:{settings.SECURITY_EMAIL}",
        f"Expires: {expires.isoformat()}",
        "Preferred-Languages: en",
        f"Canonical: {settings.SITE_ORIGIN}{reverse('security_txt')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
