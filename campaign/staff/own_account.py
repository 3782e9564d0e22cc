"""The pages of a member of staff's own account: second factors and sessions."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_otp.models import Device

from campaign.models import AuthenticatorApp
from campaign.staff import devices, passkeys, sessions, sign_in_log
from campaign.staff.factor_forms import PasskeyNameForm
from campaign.staff.sessions import signed_in
from pledges.admin_base.pages import page


@require_safe
def factors(request: HttpRequest) -> HttpResponse:
    """Lists the app, the passkeys and how many recovery codes are left."""
    user = signed_in(request)
    return page(
        request,
        "factors",
        title=_("Your second factor"),
        app=AuthenticatorApp.objects.filter(user=user, confirmed=True).first(),
        passkeys=[(passkey, PasskeyNameForm({"name": passkey.name})) for passkey in passkeys.passkeys_of(user)],
        left=devices.codes_left(user),
        may_remove=devices.factors(user) > 1,
    )


@require_POST
def new_codes(request: HttpRequest) -> HttpResponse:
    """Makes ten new recovery codes and shows them, once."""
    user = signed_in(request)
    codes = devices.recovery_codes(user)
    devices.tell_owner(user)
    sign_in_log.accepted(user, "new recovery codes")
    return page(request, "factor_codes", title=_("Ten recovery codes"), codes=codes)


@require_http_methods(["GET", "POST"])
def change_passkey(request: HttpRequest, pk: int) -> HttpResponse:
    """Renames or removes one of the user's passkeys. A GET, after the password was asked again, leads to the list."""
    passkey = get_object_or_404(passkeys.passkeys_of(signed_in(request)), pk=pk)
    if request.method == "POST" and "remove" in request.POST:
        _remove(request, passkey)
    elif request.method == "POST":
        form = PasskeyNameForm(request.POST)
        if form.is_valid():
            passkey.name = form.cleaned_data["name"]
            passkey.save(update_fields=["name"])
            messages.success(request, _("The passkey is now called “%s”.") % passkey.name)
        else:
            messages.error(request, str(form.errors["name"][0]))
    return redirect("admin:factors")


@require_http_methods(["GET", "POST"])
def remove_app(request: HttpRequest) -> HttpResponse:
    """Removes the authenticator app, if a passkey is left."""
    app = AuthenticatorApp.objects.filter(user=signed_in(request), confirmed=True).first()
    if request.method == "POST":
        if app is None:
            raise Http404
        _remove(request, app)
    return redirect("admin:factors")


@require_safe
def own_sessions(request: HttpRequest) -> HttpResponse:
    """Lists the user's sessions."""
    title = _("Where you are signed in")
    return page(request, "sessions", title=title, sessions=sessions.sessions_of(signed_in(request), request.session))


@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """Ends the session that the form names, or all but this one."""
    ended = sessions.end(signed_in(request), request.session, request.POST.get("session", ""))
    if ended:
        messages.success(request, _("Signed out there."))
    else:
        messages.info(request, _("That session has ended already."))
    return redirect("admin:sessions")


def _remove(request: HttpRequest, device: Device) -> None:
    user = signed_in(request)
    if devices.remove(user, device):
        update_session_auth_hash(request, user)
        sign_in_log.accepted(user, f"{devices.factor_name(device)} removed")
        messages.success(request, _("It is removed, and you are signed out in other browsers."))
    else:
        messages.error(request, _("It is your only second factor: add another one first."))
