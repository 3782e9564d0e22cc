"""The pages to sign, to check the inbox, and to confirm. A GET changes nothing."""

from collections.abc import Callable
from datetime import datetime
from functools import cache, wraps
from typing import Any

from django.conf import settings
from django.forms import RadioSelect
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from pledges.crypto import tokens
from pledges.emails import queue
from pledges.emails.queue import QueueFull
from pledges.inputs.professions import SUGGESTIONS
from pledges.models import Organisation, PendingSignature, retention
from pledges.organisations import applications
from pledges.public_forms import rate_limits
from pledges.public_forms.pages import SeeOther, is_accepted, page, posted, takes_form
from pledges.signing import prefill
from pledges.signing import service as signing
from pledges.signing.confirm_forms import CodeForm, ConfirmForm, ConfirmPersonForm
from pledges.signing.forms import OrganisationForm, SignForm
from pledges.signing.signatures import EarlierChoices, earlier_choices
from pledges.statistics import totals

NAMES_BESIDE_THE_FORM = 6


def while_the_campaign_lasts(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Decorator: answers 410 after the campaign's last day."""

    @wraps(view)
    def open_or_over(request: HttpRequest) -> HttpResponse:
        if timezone.localdate() <= retention.signing_until():
            return view(request)
        return render(request, "pledges/over.html", {"totals": totals.totals()}, status=410)

    return open_or_over


@takes_form
@cache_control(public=True)
@while_the_campaign_lasts
def sign(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    form = SignForm(posted(request), now=now)
    if is_accepted(form, request, "sign") and (handle := _signed(request, form, now)):
        return _inbox_page(handle, form, "person", now)
    return _sign_page(request, form)


def _sign_page(request: HttpRequest, form: SignForm) -> HttpResponse:
    others = {
        "totals": totals.totals(),
        "organisations": Organisation.objects.listed()[:NAMES_BESIDE_THE_FORM],
        "occupations": suggested(get_language()),
    }
    return page(request, "pledges/sign.html", form, **others)


@takes_form
@while_the_campaign_lasts
def stall(request: HttpRequest) -> HttpResponse:
    """The form for a device that many people use, at a stall or in a meeting.

    It has no autofill and is not cached, and the next page does not contain what was typed.
    """
    now = timezone.now()
    form = SignForm(posted(request), now=now)
    for widget in (form.own(name).widget for name in form.refilled):
        if not isinstance(widget, RadioSelect):
            widget.attrs["autocomplete"] = "off"
    if is_accepted(form, request, "sign") and _signed(request, form, now):
        return SeeOther("pledges:stall_next")
    return page(request, "pledges/stall.html", form, occupations=suggested(get_language()))


@require_safe
def stall_next(request: HttpRequest) -> HttpResponse:
    return render(request, "pledges/stall_next.html")


@cache
def suggested(language: str) -> SafeString:
    """The occupations that a browser suggests, in the language of the page."""
    return format_html_join("", '<option value="{}"></option>', ((one,) for one in SUGGESTIONS))


@takes_form
@cache_control(public=True)
@while_the_campaign_lasts
def organisations_sign(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    form = OrganisationForm(posted(request), now=now)
    if is_accepted(form, request, "organisation") and (handle := _signed(request, form, now)):
        return _inbox_page(handle, form, "organisation", now)
    return page(request, "pledges/organisations_sign.html", form)


def _signed(request: HttpRequest, form: SignForm | OrganisationForm, now: datetime) -> str:
    """Signs, and returns the inbox page's handle.

    If too many emails of the network wait, it returns "" and adds an error to the form.
    """
    try:
        return signing.sign(form.answers(), now, rate_limits.client(request), rate_limits.network(request))
    except QueueFull:
        form.add_rate_limit_error(rate_limits.FULL)
        return ""


def _inbox_page(handle: str, form: SignForm | OrganisationForm, kind: str, now: datetime) -> HttpResponse:
    """Redirects to the inbox page, whose URL contains what was typed, encrypted."""
    return SeeOther("pledges:sent", f"{handle}-{prefill.pack({'form': kind, **form.typed()}, now)}")


@takes_form
def sent(request: HttpRequest, handle: str) -> HttpResponse:
    """Says to check the inbox, and takes the code of the email. The page is the same for every handle, real or not.

    After the handle the URL contains what was typed, encrypted (see `prefill`): for half an hour the page shows the
    email address, and a button leads back to the filled-in form.
    """
    now = timezone.now()
    handle, _dash, packed = handle.partition("-")
    typed = prefill.unpack(packed, now)
    if "change" in request.POST:
        return _refilled(request, typed, now)
    form = CodeForm(posted(request))
    if is_accepted(form, request, "code"):
        token = signing.token_for(handle, form.cleaned_data["code"], now)
        if token:
            return SeeOther("pledges:confirm", token)
        form.add_error(
            "code",
            _("That code does not work. Check it, or open the link in the email. After ten tries only the link works."),
        )
    others = {
        "sender": settings.DEFAULT_FROM_EMAIL,
        "address": typed.get("email", ""),
        "minutes": queue.minutes_to_wait(now),
        "sign_url": reverse(f"pledges:{'organisations_sign' if typed.get('form') == 'organisation' else 'sign'}"),
    }
    return page(request, "pledges/sent.html", form, **others)


def _refilled(request: HttpRequest, typed: dict[str, str], now: datetime) -> HttpResponse:
    """The form with all that was typed; after half an hour a redirect to the empty form."""
    if not typed:
        return SeeOther("pledges:sign")
    if typed["form"] == "organisation":
        form = OrganisationForm(initial=typed, now=now)
        return page(request, "pledges/organisations_sign.html", form)
    return _sign_page(request, SignForm(initial=typed, now=now))


@takes_form
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The confirm page, with a checkbox; a used link says that the form is confirmed already.

    A POST of the button "earlier" shows the owner's earlier choices and fills in the form with them.
    """
    now, token = timezone.now(), tokens.token_in(token)
    pending = signing.by_token(token, now)
    if request.method == "POST" and pending and not pending.is_confirmed:
        form = _confirm_form(request, pending, None)
        if "earlier" not in request.POST and form.is_valid():
            is_signed = signing.confirm_pending(pending, form.choices(), now)
            return _thanks(pending) if is_signed else stale(request)
    return _confirm_page(request, token, pending)


def _confirm_form(request: HttpRequest, pending: PendingSignature, earlier: EarlierChoices | None) -> ConfirmForm:
    """The form that confirms `pending`, filled in with the earlier choices if there are any."""
    if pending.is_organisation:
        return ConfirmForm(posted(request))
    text, profession = pending.pledge_text, pending.profession
    if earlier is None:
        return ConfirmPersonForm(posted(request), pledge_text=text, profession=profession)
    initial = {
        "show_name": bool(earlier.public_name),
        "public_name": earlier.public_name,
        "profession": profession or earlier.profession,
    }
    return ConfirmPersonForm(pledge_text=text, profession=profession, initial=initial)


def _confirm_page(request: HttpRequest, token: str, pending: PendingSignature | None) -> HttpResponse:
    if pending is None:
        return stale(request)
    if pending.is_confirmed and request.method == "POST":  # the button was pressed twice
        return _thanks(pending)
    if pending.is_confirmed:
        return render(request, "pledges/already_confirmed.html", {"pending": pending})
    organisation = _shown(applications.read(pending)) if pending.is_organisation else None
    is_asked = "earlier" in request.POST and not pending.is_organisation
    earlier = earlier_choices(pending) if is_asked else None
    others = {
        "pending": pending,
        "token": token,
        "organisation": organisation,
        "earlier": earlier,
        "changes": pending.changes_since(earlier.signature) if earlier and earlier.signature else [],
    }
    return page(request, "pledges/confirm.html", _confirm_form(request, pending, earlier), **others)


def _thanks(pending: PendingSignature) -> HttpResponse:
    of = "organisations_thank_you" if pending.is_organisation else "thank_you"
    return SeeOther(f"pledges:{of}")


def _shown(application: dict[str, Any]) -> dict[str, Any]:
    """The application with the label of its kind; applications that staff started have no kind."""
    kind = application.get("kind")
    return {**application, "kind_name": Organisation.Kind(kind).label if kind else ""}


def stale(request: HttpRequest) -> HttpResponse:
    """The same 404 page for every link that does not work, whatever the reason."""
    return render(request, "pledges/stale.html", status=404)


@require_safe
def thank_you(request: HttpRequest) -> HttpResponse:
    """The page after confirming, the same for everyone, because people share its URL.

    Like every page that follows a POST it is sent with `no-store` (`campaign.http.middleware`), so that the Back button
    of a shared computer does not show it.
    """
    counted = totals.totals()
    page = {"totals": counted, "next_count": totals.next_count(counted, timezone.now())}
    return render(request, "pledges/thank_you.html", page)


@require_safe
def organisations_thank_you(request: HttpRequest) -> HttpResponse:
    return render(request, "pledges/organisations_thank_you.html")
