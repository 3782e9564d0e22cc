"""The staff area: Django's admin in the site's look, behind a password and a second factor."""

import math
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.exceptions import DisallowedModelAdminToField
from django.contrib.admin.options import TO_FIELD_VAR
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaign.staff import help as staff_help
from campaign.staff import (
    invitation,
    navigation,
    notices,
    overview,
    own_account,
    second_factor,
    sign_in_limits,
    staff_log,
)
from campaign.staff.factor_forms import SignInForm
from pledges.admin_base.pages import page
from reports.models import Recommendation

OURS = frozenset({"campaign", "staff", "pledges", "reports"})
View = Callable[..., Any]
# How long a POST waits for the one before it; after that the answer is 503.
LONGEST_WAIT = "10s"


def one_at_a_time(view: View) -> View:
    """Makes POST requests of staff run one after another, each in one transaction.

    So what a form has looked up is still true when its view writes: if the same POST is sent twice at once, the second
    sees what the first did and is told so.
    """

    @wraps(view)
    def in_turn(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{LONGEST_WAIT}'")
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('posts of staff', 0))")
            return view(request, *args, **kwargs)

    return in_turn


def refuse_empty_to_field(view: View) -> View:
    """Makes a view answer 400 to an empty `_to_field`: Django's admin would look for a field without a name and answer
    500.
    """

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if "" in (request.GET.get(TO_FIELD_VAR), request.POST.get(TO_FIELD_VAR)):
            raise DisallowedModelAdminToField("_to_field is empty")
        return view(request, *args, **kwargs)

    return checked


class StaffAdminSite(AdminSite):
    site_header = _("Care Don't Share")
    site_title = _("Staff · Care Don't Share")
    index_title = _("Overview")
    enable_nav_sidebar = False
    login_form = SignInForm

    def register(self, model_or_iterable: Any, *args: Any, **options: Any) -> None:
        """Registers models of our own apps only: the admin pages of django-otp would show the secrets of factors."""
        models: Any = [model_or_iterable] if isinstance(model_or_iterable, type) else model_or_iterable
        ours = [model for model in models if model._meta.app_label in OURS]
        super().register(ours, *args, **options)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Runs POSTs one at a time. The permission is checked first, so that a refused request does not wait."""
        return super().admin_view(refuse_empty_to_field(one_at_a_time(view)), cacheable)

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and second_factor.may_enter(request.user)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Asks for the password; then `second_factor.verify` asks for the second factor."""
        if request.method == "GET" and super().has_permission(request) and not self.has_permission(request):
            return second_factor.redirect_with_next(request, "admin:factor")
        if request.method == "POST" and (seconds := sign_in_limits.seconds_to_wait(request)):
            return self._too_many_tries(request, seconds)
        return super().login(request, {"title": _("Staff sign in"), **(extra_context or {})})

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Asks for the old password first; guesses at it are limited here too."""
        if request.method == "POST" and (seconds := sign_in_limits.seconds_to_wait_inside(request)):
            return self._too_many_tries(request, seconds)
        return super().password_change(request, extra_context)

    def logout(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Signs out, and makes the browser delete what it stored of the staff area, except the cookie that marks it as
        known.
        """
        response = super().logout(request, extra_context)
        response["Clear-Site-Data"] = '"cache", "storage"'
        return response

    def reauthentication_required(self, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        """Makes an admin view that asks for password and factor again: an unlocked screen alone does not open it."""
        return self.admin_view(second_factor.reauthentication_required(view))

    def get_urls(self) -> list:
        own = [
            path("factor/", second_factor.verify, name="factor"),
            path("factor/new/", second_factor.set_up, name="factor_new"),
            path("factor/code.svg", second_factor.picture, name="factor_picture"),
            path("factor/passkey/new/", second_factor.add_passkey, name="factor_passkey"),
            path("factor/again/", self.admin_view(second_factor.reauthenticate), name="factor_again"),
            path("factor/list/", self.admin_view(own_account.factors), name="factors"),
            path("factor/codes/", self.reauthentication_required(own_account.new_codes), name="factor_codes"),
            path("factor/app/", self.reauthentication_required(own_account.remove_app), name="factor_app"),
            path(
                "factor/passkey/<int:pk>/",
                self.reauthentication_required(own_account.change_passkey),
                name="factor_passkey_change",
            ),
            path("help/", self.admin_view(staff_help.page), name="staff_help"),
            path("notices/", self.admin_view(notices.page), name="notices"),
            path("log/", self.admin_view(staff_log.page), name="staff_log"),
            path("invitation/<uuid:ref>/<token>/", invitation.accept, name="invitation"),
            path("sessions/", self.admin_view(own_account.own_sessions), name="sessions"),
            path("sessions/end/", self.reauthentication_required(own_account.end_sessions), name="sessions_end"),
        ]
        return own + super().get_urls()

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        is_open = self.has_permission(request) and not second_factor.is_verified(request.user)
        tasks = navigation.context(request) if self.has_permission(request) else {}
        return {**super().each_context(request), "has_no_factor": is_open, **tasks}

    def index(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The overview, for roles that may see it; below it the lists that the user's roles open.

        Those with one task and no overview, like editors, begin at that task.
        """
        may_see = request.user.has_perm("staff.view_overview")
        tasks = navigation.tasks(request, "")
        if not may_see and len(tasks) == 1:
            return redirect(tasks[0][1])
        is_exact = request.user.has_perm("staff.view_totals")
        drawn = overview.gather(timezone.now(), is_exact=is_exact) if may_see else {}
        drawn["may_see_overview"] = may_see
        if request.user.has_perm("reports.change_recommendation"):
            drawn["unchecked"] = Recommendation.objects.overdue(timezone.localdate()).count()
        return super().index(request, {**drawn, **(extra_context or {})})

    def _too_many_tries(self, request: HttpRequest, seconds: int) -> HttpResponse:
        minutes = math.ceil(seconds / 60)
        response = page(request, "too_many_tries", 429, title=_("Too many tries"), minutes=minutes)
        response["Retry-After"] = str(seconds)
        return response
