"""The pages of the second factor: set it up at the first sign-in, prove it at every other."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from io import BytesIO
from typing import Any, cast
from unicodedata import normalize
from urllib.parse import urlencode

import django_otp
import segno
from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from campaign.models import AuthenticatorApp
from campaign.staff import devices, sessions, sign_in_limits
from campaign.staff.models import StaffUser
from pledges.public_forms.fields import TidyField

NEW_KEY = "new key"  # in the session: of the app that is being set up
FRESH = timedelta(minutes=5)
View = Callable[..., HttpResponse]
# Where nobody wants to end, and where they go instead.
_INSTEAD = {"/admin/login/": "/admin/", "/admin/logout/": "/admin/", "/admin/factor/codes/": "/admin/factor/"}


class CodeForm(forms.Form):
    wrong = gettext_lazy("That is not right, or was used already. Wait for the next code.")
    code = TidyField(
        label=gettext_lazy("Code"),
        max_length=20,
        widget=forms.TextInput({"autocomplete": "one-time-code", "autofocus": True, "size": "12"}),
        error_messages={"required": gettext_lazy("Type the code that your app shows now.")},
    )

    def clean_code(self) -> str:
        return normalize("NFKC", self.cleaned_data["code"])


class PasswordForm(forms.Form):
    wrong = gettext_lazy("That is not your password.")
    password = forms.CharField(
        label=gettext_lazy("Password"),
        widget=forms.PasswordInput({"autocomplete": "current-password", "autofocus": True}),
    )


class AgainForm(CodeForm, PasswordForm):
    """Where it is wrong it does not say which of the two."""

    field_order = ("password", "code")

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        del self.fields["code"].widget.attrs["autofocus"]  # one field of a page has it, the first


def is_verified(user: Any) -> bool:
    return user.is_authenticated and user.is_verified()


def is_enough(user: Any) -> bool:
    """Whether the desk opens. In the demo a factor may be left out, and a banner says so."""
    return is_verified(user) or (settings.DEBUG and not devices.has_factor(user))


def knows_password(view: View) -> View:
    """For pages between the password and the factor."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not (request.user.is_authenticated and request.user.is_active and request.user.is_staff):
            return redirect("admin:login")
        return view(request)

    return csrf_protect(guarded)


@require_http_methods(["GET", "POST"])
@knows_password
def prove(request: HttpRequest) -> HttpResponse:
    """Ask for a code; to who has given one, show how things stand."""
    user = _staff(request)
    if "leave" in request.POST:
        logout(request)
        return redirect("admin:login")
    if not devices.has_factor(user):
        return go_on(request, "admin:factor_new")
    if is_verified(user):
        left = devices.codes_left(user)
        return _page(request, "factor", title=_("Your second factor"), left=left)
    form = CodeForm(request.POST or None)
    device = _device(request, form)
    if device is None:
        return _page(request, "factor_prove", form, title=_("Your second factor"))
    return _let_in(request, device, redirect(_next(request)))


@require_http_methods(["GET", "POST"])
@knows_password
def set_up(request: HttpRequest) -> HttpResponse:
    """A first app, or another one for who has proved to be themselves just now."""
    user = _staff(request)
    if devices.has_factor(user) and not (is_verified(user) and _is_fresh(request)):
        return go_on(request, "admin:factor_again" if is_verified(user) else "admin:factor")
    app, form = _new_app(request), CodeForm(request.POST or None)
    may_try = form.is_valid() and not sign_in_limits.seconds_to_wait_inside(request)
    codes = devices.finish(user, app, form.cleaned_data["code"]) if may_try else None
    if codes is None:
        if form.is_valid():
            form.add_error("code", _("That is not the code that the app should show now. Try the next one."))
        return _page(
            request, "factor_new", form, title=_("Set up your second factor"), secret=devices.secret(app)
        )
    del request.session[NEW_KEY]
    update_session_auth_hash(request, user)
    return _let_in(request, app, _page(request, "factor_codes", title=_("Ten recovery codes"), codes=codes))


@require_safe
@knows_password
def picture(request: HttpRequest) -> HttpResponse:
    """The QR code of the app that is being set up."""
    app = _new_app(request)
    drawn = BytesIO()
    segno.make(app.config_url, error="m").save(drawn, kind="svg", scale=5, border=4, light="#fff")
    return HttpResponse(drawn.getvalue(), content_type="image/svg+xml", headers={"Cache-Control": "no-store"})


@require_http_methods(["GET", "POST"])
def again(request: HttpRequest) -> HttpResponse:
    """Password and code once more, good for five minutes; the password alone where the demo let somebody in."""
    has_factor = devices.has_factor(_staff(request))
    form = (AgainForm if has_factor else PasswordForm)(request.POST or None)
    if not (_device(request, form) if has_factor else _may_go_on(request, form)):
        return _page(request, "factor_prove", form, title=_("Is it still you?"))
    sessions.step_up(request)
    request.session[sessions.PROVED] = timezone.now().timestamp()
    return redirect(_next(request))


@require_http_methods(["POST"])
def new_codes(request: HttpRequest) -> HttpResponse:
    codes = devices.recovery_codes(_staff(request))
    return _page(request, "factor_codes", title=_("Ten recovery codes"), codes=codes)


def asking_again(view: View) -> View:
    """Only for who has given password and factor within the last five minutes."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs) if _is_fresh(request) else go_on(request, "admin:factor_again")

    return guarded


def go_on(request: HttpRequest, route: str) -> HttpResponse:
    """To another page first, and then to where this request wanted to go."""
    wanted = request.GET.get(REDIRECT_FIELD_NAME) or request.path
    return redirect(f"{reverse(route)}?{urlencode({REDIRECT_FIELD_NAME: wanted})}")


def _let_in(request: HttpRequest, device: Any, response: HttpResponse) -> HttpResponse:
    """Signs the session in with the second factor too, and remembers the browser."""
    sessions.step_up(request)
    django_otp.login(request, device)
    sign_in_limits.remember(request, response)
    return response


def _device(request: HttpRequest, form: CodeForm | PasswordForm) -> Any:
    """The device that the form's code is of; None, with the form saying why, where it is of none."""
    if not _may_go_on(request, form):
        return None
    device = devices.proved(_staff(request), form.cleaned_data["code"])
    if device is None:
        form.add_error(None, form.wrong)
    return device


def _may_go_on(request: HttpRequest, form: CodeForm | PasswordForm) -> bool:
    """Whether it is filled in, was not tried too often, and its password (where it has one) is right."""
    if not form.is_valid():
        return False
    if sign_in_limits.seconds_to_wait_inside(request):
        form.add_error(None, _("Those were too many tries. Please wait an hour."))
    elif "password" in form.fields and not _staff(request).check_password(form.cleaned_data["password"]):
        form.add_error(None, form.wrong)
    return not form.errors


def _is_fresh(request: HttpRequest) -> bool:
    return timezone.now().timestamp() - request.session.get(sessions.PROVED, 0) < FRESH.total_seconds()


def _next(request: HttpRequest) -> str:
    wanted = request.GET.get(REDIRECT_FIELD_NAME, "")
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return _INSTEAD.get(wanted, wanted) if is_ours else reverse("admin:index")


def _new_app(request: HttpRequest) -> AuthenticatorApp:
    """The same one from the picture to the code: its key waits in the session."""
    key = request.session.get(NEW_KEY) or devices.new_key()
    request.session[NEW_KEY] = key
    return devices.new_app(_staff(request), key)


def _staff(request: HttpRequest) -> StaffUser:
    return cast(StaffUser, request.user)


def _page(
    request: HttpRequest, name: str, form: forms.Form | None = None, **context: Any
) -> TemplateResponse:
    context = {**admin.site.each_context(request), "form": form, **context}
    status = 422 if form and form.errors else 200
    return TemplateResponse(request, f"admin/{name}.html", context, status=status)
