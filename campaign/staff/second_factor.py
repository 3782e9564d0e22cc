"""The pages of the second factor: set up at the first sign-in, asked for at every later one, and again before some
acts.

A factor is an authenticator app (TOTP) or a passkey (WebAuthn); a recovery code can replace either, once.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import django_otp
import segno
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from campaign.models import AuthenticatorApp
from campaign.staff import accounts, devices, passkeys, sessions, sign_in_limits, sign_in_log
from campaign.staff.factor_forms import AgainForm, CodeForm, NewAppForm, NewPasskeyForm, PasswordForm
from campaign.staff.sessions import signed_in
from pledges.admin_base.pages import page

NEW_KEY = "new key"  # in the session: of the app that is being set up
FRESH = timedelta(minutes=5)
SLOWED = "slowed"  # code of the error "too many tries"
View = Callable[..., HttpResponse]
# Pages to which no redirect leads after signing in, and what to open instead.
_INSTEAD = {
    "/admin/login/": "/admin/",
    "/admin/logout/": "/admin/",
    "/admin/factor/codes/": "/admin/factor/",
    "/admin/sessions/end/": "/admin/sessions/",
}


def is_verified(user: Any) -> bool:
    """Whether a second factor was given in this session."""
    return user.is_authenticated and user.is_verified()


def may_enter(user: Any) -> bool:
    """Whether the user may enter the staff area. In the demo the factor is optional, and a banner says so."""
    return is_verified(user) or (settings.DEBUG and not devices.has_factor(user))


def password_required(view: View) -> View:
    """Decorates pages between password and factor: without a right password they redirect to the sign-in page."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not (request.user.is_authenticated and request.user.is_active and request.user.is_staff):
            return redirect("admin:login")
        return view(request)

    return csrf_protect(guarded)


def setup_allowed(view: View) -> View:
    """Decorates pages that add a factor: the first one, or another after password and factor were just given again."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        user = signed_in(request)
        if devices.has_factor(user) and not (is_verified(user) and _is_fresh(request)):
            return redirect_with_next(request, "admin:factor_again" if is_verified(user) else "admin:factor")
        return view(request)

    return guarded


@require_http_methods(["GET", "POST"])
@password_required
def verify(request: HttpRequest) -> HttpResponse:
    """Asks for a code or a passkey; if one was given in this session already, redirects to the list of factors."""
    user = signed_in(request)
    if "leave" in request.POST:
        logout(request)
        return redirect("admin:login")
    if not devices.has_factor(user):
        return redirect_with_next(request, "admin:factor_new")
    if is_verified(user):
        return redirect("admin:factors")
    form = CodeForm(request.POST or None)
    device = _device(request, form)
    if device is None:
        return _verify_page(request, form, _("Your second factor"))
    if not sign_in_limits.is_known(request):
        accounts.tell_of_sign_in(user, timezone.now())
    return _mark_verified(request, device, redirect(_next(request)))


@require_http_methods(["GET", "POST"])
@password_required
@setup_allowed
def set_up(request: HttpRequest) -> HttpResponse:
    """Sets up an authenticator app, which replaces the earlier one; the page offers a passkey instead."""
    user = signed_in(request)
    app, form = _new_app(request), NewAppForm(request.POST or None)
    may_try = _is_accepted(request, form)
    codes = devices.activate_app(user, app, form.cleaned_data["code"]) if may_try else None
    if codes is None:
        if may_try:
            sign_in_log.refused(user, "new app")
            form.add_error("code", _("That is not the code that the app should show now. Try the next one."))
        return _page(request, "factor_new", form, title=_("Set up your second factor"), secret=devices.secret(app))
    sign_in_log.accepted(user, "new app")
    del request.session[NEW_KEY]
    update_session_auth_hash(request, user)
    return _mark_verified(request, app, _codes_page(request, codes))


@require_http_methods(["GET", "POST"])
@password_required
@setup_allowed
def add_passkey(request: HttpRequest) -> HttpResponse:
    """Adds a passkey; with the first factor it shows ten recovery codes."""
    user, form = signed_in(request), NewPasskeyForm(request.POST or None)
    passkey = None
    if _is_accepted(request, form):
        passkey = passkeys.register(request, user, form.cleaned_data["name"], form.cleaned_data["passkey"])
        if passkey is None:
            sign_in_log.refused(user, "new passkey")
            form.add_error(None, _("The passkey was not added. Try again; it may be in your list already."))
    if passkey is None:
        options = passkeys.options_to_register(request, user)
        return _page(request, "factor_passkey", form, title=_("Add a passkey"), options=options)
    sign_in_log.accepted(user, "new passkey")
    codes = devices.passkey_added(user)
    update_session_auth_hash(request, user)
    return _mark_verified(request, passkey, _codes_page(request, codes) if codes else redirect("admin:factors"))


@require_safe
@password_required
def picture(request: HttpRequest) -> HttpResponse:
    """Answers with the QR code of the app that is being set up."""
    app = _new_app(request)
    drawn = BytesIO()
    segno.make(app.config_url, error="m").save(drawn, kind="svg", scale=5, border=4, light="#fff")
    return HttpResponse(
        drawn.getvalue(), content_type="image/svg+xml; charset=utf-8", headers={"Cache-Control": "no-store"}
    )


@require_http_methods(["GET", "POST"])
def reauthenticate(request: HttpRequest) -> HttpResponse:
    """Asks for password and factor once more, valid for five minutes; in the demo without a factor only for the
    password.
    """
    has_factor = devices.has_factor(signed_in(request))
    form = (AgainForm if has_factor else PasswordForm)(request.POST or None)
    if not (_device(request, form) if has_factor else _is_accepted(request, form)):
        return _verify_page(request, form, _("Is it still you?"))
    sessions.step_up(request)
    request.session[sessions.REAUTHENTICATED] = timezone.now().timestamp()
    return redirect(_next(request))


def reauthentication_required(view: View) -> View:
    """Decorates views that need password and factor to be given within the last five minutes, and asks for them."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if _is_fresh(request):
            return view(request, *args, **kwargs)
        if request.method == "POST":
            messages.info(request, _("Nothing has changed yet. Prove that it is you, then press the button again."))
        return redirect_with_next(request, "admin:factor_again")

    return guarded


def redirect_with_next(request: HttpRequest, route: str) -> HttpResponse:
    """Redirects to `route`, which then redirects to the address of this request."""
    wanted = request.GET.get(REDIRECT_FIELD_NAME) or request.path
    return redirect(f"{reverse(route)}?{urlencode({REDIRECT_FIELD_NAME: wanted})}")


def _mark_verified(request: HttpRequest, device: Any, response: HttpResponse) -> HttpResponse:
    """Marks the session as verified by `device`, gives it a new id, and remembers the browser."""
    sessions.step_up(request)
    django_otp.login(request, device)
    sign_in_limits.remember(request, response)
    return response


def _device(request: HttpRequest, form: Any) -> Any:
    """Returns the device of the form's passkey or code; None, with an error in the form, if it belongs to none."""
    if not _is_accepted(request, form):
        return None
    given, user = form.cleaned_data, signed_in(request)
    if given["passkey"]:
        device = passkeys.authenticate(request, user, given["passkey"])
    else:
        device = devices.device_of_code(user, given["code"])
    if device is None:
        sign_in_log.refused(user, "passkey" if given["passkey"] else "code")
        form.add_error(None, form.wrong_passkey if given["passkey"] else form.wrong)
    else:
        sign_in_log.accepted(user, devices.factor_name(device))
    return device


def _is_accepted(request: HttpRequest, form: Any) -> bool:
    """Whether the form is filled in, was not tried too often, and its password (where it has one) is right."""
    if not form.is_valid():
        return False
    if seconds := sign_in_limits.seconds_to_wait_inside(request):
        message = _("Those were too many tries. Please wait %(minutes)s minutes.") % {"minutes": -(-seconds // 60)}
        sign_in_log.refused(signed_in(request), "one try too many")
        form.add_error(None, forms.ValidationError(message, code=SLOWED, params={"seconds": seconds}))
    elif "password" in form.fields and not signed_in(request).check_password(form.cleaned_data["password"]):
        sign_in_log.refused(signed_in(request), "password, asked again")
        form.add_error(None, form.wrong)
    return not form.errors


def _is_fresh(request: HttpRequest) -> bool:
    return timezone.now().timestamp() - request.session.get(sessions.REAUTHENTICATED, 0) < FRESH.total_seconds()


def _next(request: HttpRequest) -> str:
    wanted = request.GET.get(REDIRECT_FIELD_NAME, "")
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return _INSTEAD.get(wanted, wanted) if is_ours else reverse("admin:index")


def _new_app(request: HttpRequest) -> AuthenticatorApp:
    """Returns the app that is being set up. Its key is stored in the session, so that the QR code and the check use the
    same.
    """
    key = request.session.get(NEW_KEY) or devices.new_key()
    request.session[NEW_KEY] = key
    return devices.new_app(signed_in(request), key)


def _verify_page(request: HttpRequest, form: forms.Form, title: str) -> TemplateResponse:
    options = passkeys.options_to_authenticate(request, signed_in(request))
    return _page(request, "factor_verify", form, title=title, options=options)


def _codes_page(request: HttpRequest, codes: list[str]) -> TemplateResponse:
    return page(request, "factor_codes", title=_("Ten recovery codes"), codes=codes)


def _page(request: HttpRequest, name: str, form: forms.Form, **context: Any) -> TemplateResponse:
    response = page(request, name, form=form, **context)
    if form.has_error("__all__", SLOWED):
        [error] = form.errors["__all__"].as_data()
        response.status_code, response["Retry-After"] = 429, str((error.params or {})["seconds"])
    return response
