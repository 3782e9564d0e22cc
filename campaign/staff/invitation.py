"""The page that the link of an invitation opens: the owner of a staff account sets their password."""

from uuid import UUID

from django.contrib.auth import login
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from campaign.staff.models import StaffUser
from pledges.admin_base.pages import page


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@csrf_protect
def accept(request: HttpRequest, ref: UUID, token: str) -> HttpResponse:
    """Sets the password and signs in; the second factor is asked for next. After that the link no longer works.

    Django's own view redirects from the link to a page without the token. That does not work here: our cookies are
    SameSite=Strict, and browsers do not send them along a redirect that began in a webmail page.
    """
    with transaction.atomic():
        # If two POSTs arrive at once, the second waits here, and then finds the link used.
        user = StaffUser.objects.select_for_update().filter(ref=ref, is_active=True).first()
        if user is None or not default_token_generator.check_token(user, token):
            title = _("This link no longer works")
            return page(request, "invitation_over", 410, title=title)
        form = SetPasswordForm(user, request.POST or None)
        if not form.is_valid():
            return page(request, "invitation", title=_("Choose your password"), form=form, account=user)
        form.save()
    login(request, user)
    return redirect("admin:index")
