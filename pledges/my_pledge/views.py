"""My pledge: ask for a link by email, see and remove what is stored; and the pages that stop and allow emails."""

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from pledges import languages
from pledges.crypto import tokens
from pledges.crypto.tokens import TokenPurpose
from pledges.emails.queue import QueueFull
from pledges.models import Consent, Organisation, PhoneRequest
from pledges.my_pledge import personal_data, withdrawal
from pledges.my_pledge import service as my_pledge
from pledges.my_pledge.forms import (
    AllowEmailsForm,
    AskForm,
    BlockEmailsForm,
    OpenForm,
    RemovalForm,
    StopYearlyForm,
    WithdrawEntryForm,
)
from pledges.organisations import service as organisations
from pledges.organisations import upkeep
from pledges.organisations.forms import EntryForm
from pledges.public_forms import rate_limits
from pledges.public_forms.fields import PublicForm
from pledges.public_forms.pages import SeeOther, is_accepted, page, posted, takes_any_form, takes_form
from pledges.signing import service as signing

OWNER = Consent.Source.MY_PLEDGE


def requires_link_key(purpose: TokenPurpose) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Decorator: passes the digest of the link key's mailbox to the view; a help page if the key is not valid."""

    def decorated(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def opened_or_stale(request: HttpRequest, key: str, **others: UUID) -> HttpResponse:
            key = tokens.link_key_in(key)
            digest = tokens.digest_of_link_key(purpose, key)
            if digest is None:
                return render(request, "pledges/my_pledge_stale.html", {"purpose": purpose.value}, status=404)
            return view(request, key, digest, **others)

        return opened_or_stale

    return decorated


@takes_form
@cache_control(public=True)
def ask(request: HttpRequest) -> HttpResponse:
    form = AskForm(posted(request))
    if is_accepted(form, request, "mine"):
        try:
            network, language = rate_limits.network(request), languages.prefix()
            my_pledge.ask(form.cleaned_data["email"], timezone.now(), network, language)
            return SeeOther("pledges:mine_sent")
        except QueueFull:
            form.add_rate_limit_error(rate_limits.FULL)
    return page(request, "pledges/my_pledge_ask.html", form)


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """Check your inbox: the same page for every address. Not cached, because it follows a POST."""
    return render(request, "pledges/my_pledge_sent.html", {"sender": settings.DEFAULT_FROM_EMAIL})


@takes_form
@requires_link_key(TokenPurpose.MINE)
def opened(request: HttpRequest, key: str, digest: bytes) -> HttpResponse:
    """A GET shows a checkbox; only a POST shows what is stored."""
    form = OpenForm(posted(request))
    if form.is_valid():
        return _shown(request, key, digest)
    return page(request, "pledges/my_pledge_open.html", form, key=key)


@takes_form
@require_POST
@requires_link_key(TokenPurpose.MINE)
def remove(request: HttpRequest, key: str, digest: bytes) -> HttpResponse:
    """Removes one thing and shows what is still stored."""
    form = RemovalForm(request.POST)
    if not form.is_valid():
        return _shown(request, key, digest, form)
    done = PhoneRequest.Kind(form.cleaned_data["kind"])
    my_pledge.remove(done, digest, OWNER, timezone.now())
    return _shown(request, key, digest, done=done)


@takes_form
@require_POST
@requires_link_key(TokenPurpose.MINE)
def download(request: HttpRequest, key: str, digest: bytes) -> HttpResponse:
    everything = personal_data.as_data(personal_data.collect(digest, timezone.now()))
    response = JsonResponse(everything, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = 'attachment; filename="my-pledge.json"'
    return response


@takes_form
@require_POST
@requires_link_key(TokenPurpose.MINE)
def entry(request: HttpRequest, key: str, digest: bytes, ref: UUID) -> HttpResponse:
    """The form to change an organisation's entry, which then waits for staff again."""
    body = _own(digest, ref)
    form = EntryForm(request.POST if "save" in request.POST else None, initial=EntryForm.initial_for(body))
    if form.is_valid():
        # After a conflict (a second click, or staff) the current state is shown.
        with suppress(organisations.Conflict):
            is_changed = organisations.edit(body, form.cleaned_data, timezone.now())
            return _shown(request, key, digest, done="entry" if is_changed else "same-entry")
        return _shown(request, key, digest)
    return page(request, "pledges/my_pledge_entry.html", form, key=key, organisation=body)


@takes_form
@require_POST
@requires_link_key(TokenPurpose.MINE)
def withdraw_entry(request: HttpRequest, key: str, digest: bytes, ref: UUID) -> HttpResponse:
    body = _own(digest, ref)
    form = WithdrawEntryForm(request.POST, auto_id=f"%s-{ref.hex}")
    if not form.is_valid():
        return _shown(request, key, digest, form)
    with suppress(organisations.Conflict):
        organisations.withdraw(body, None, "asked", body.version, timezone.now())
        return _shown(request, key, digest, done="withdrawn-entry")
    return _shown(request, key, digest)


@takes_form
@requires_link_key(TokenPurpose.NEVER)
def never(request: HttpRequest, key: str, digest: bytes) -> HttpResponse:
    """Blocks all emails to the mailbox, after a checkbox."""
    form = BlockEmailsForm(posted(request))
    if not form.is_valid():
        return page(request, "pledges/never.html", form, key=key)
    my_pledge.block_emails(digest, Consent.Source.EMAIL_LINK, timezone.now())
    return render(request, "pledges/never.html", {"is_done": True})


@takes_form
@requires_link_key(TokenPurpose.ALLOW)
def allow(request: HttpRequest, key: str, digest: bytes) -> HttpResponse:
    """Lifts the block, after a checkbox, and links to the newest form that waits to be confirmed, if there is one."""
    form = AllowEmailsForm(posted(request))
    if not form.is_valid():
        return page(request, "pledges/allow.html", form, key=key)
    my_pledge.allow_emails(digest)
    token = signing.newest_token(digest, timezone.now())
    return render(request, "pledges/allow.html", {"is_done": True, "token": token})


@takes_any_form
@requires_link_key(TokenPurpose.YEARLY)
def yearly(request: HttpRequest, key: str, digest: bytes) -> HttpResponse:
    """Stops the yearly emails to organisations: after a checkbox, or with one POST of a mail program (RFC 8058)."""
    form = StopYearlyForm(posted(request))
    if request.POST.get("List-Unsubscribe") != "One-Click" and not form.is_valid():
        return page(request, "pledges/yearly.html", form, key=key)
    upkeep.stop_yearly(digest, timezone.now())
    return render(request, "pledges/yearly.html", {"is_done": True})


@takes_any_form
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ends the campaign's emails to one contact: a button on a page, and one POST for mail programs (RFC 8058).

    It answers the same whether the contact exists or not, so that the link does not show it.
    """
    token = tokens.token_in(token)
    if not token:
        return render(request, "pledges/my_pledge_stale.html", {"purpose": "unsubscribe"}, status=404)
    is_done = request.POST.get("List-Unsubscribe") == "One-Click"
    if is_done:
        withdrawal.unsubscribe(token, timezone.now())
    return render(request, "pledges/unsubscribe.html", {"is_done": is_done, "token": token})


def _own(digest: bytes, ref: UUID) -> Organisation:
    """The organisation, if this mailbox signed for it and may still change it."""
    body = Organisation.objects.active().filter(digest=digest, ref=ref).first()
    if body is None:
        raise Http404
    return body


def _shown(
    request: HttpRequest, key: str, digest: bytes, form: PublicForm | None = None, done: str = ""
) -> HttpResponse:
    data = personal_data.collect(digest, timezone.now())
    allow_key = tokens.link_key(TokenPurpose.ALLOW, digest) if data.is_blocked else ""
    return page(
        request, "pledges/my_pledge.html", form or RemovalForm(), key=key, data=data, done=done, allow_key=allow_key
    )
