"""The admin pages on which administrators invite, change and deactivate staff. Staff are never deleted."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, ManyToManyField, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import conditional_escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_otp_webauthn.models import WebAuthnCredential

from campaign.models import AuthenticatorApp
from campaign.staff import accounts
from campaign.staff.models import StaffUser
from campaign.staff.roles import MAY
from campaign.staff.second_factor import reauthentication_required
from pledges.admin_base.pages import page
from pledges.admin_base.plain_text import PlainText

ADMINISTRATOR = "administrator"
# Of the pages on which an administrator does something for an account.
TITLES = {
    "invitation": gettext_lazy("Send %s a link to set a password"),
    "factor": gettext_lazy("Reset the second factor of %s"),
}


class RolesField(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, role: Any) -> str:
        return f"{role.name}: {MAY[role.name]}" if role.name in MAY else role.name


class RoleFilter(admin.RelatedFieldListFilter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title, self.empty_value_display = _("role"), conditional_escape(_("none"))


class StaffForm(forms.ModelForm):
    by: StaffUser  # who fills it in
    sure = forms.BooleanField(
        label=gettext_lazy("I mean my own account"),
        help_text=gettext_lazy("Tick it to deactivate yourself, or to give up being an administrator."),
        required=False,
    )

    class Meta:
        model = StaffUser
        fields = ("email", "name", "groups", "is_active")
        error_messages = {
            "email": {
                "unique": gettext_lazy(
                    "There is an account with this address. Search for it in the list; it may be deactivated."
                )
            }
        }

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError for changes that would lock out the person who fills in the form, unless `sure` is
        ticked.
        """
        cleaned = super().clean() or {}
        if self.instance.pk != self.by.pk or cleaned.get("sure"):
            return cleaned
        message = _(
            "This is your own account, and you could not undo this yourself. If you are sure, tick “I mean my own "
            "account”."
        )
        if not cleaned.get("is_active", True):
            self.add_error("is_active", message)
        before, after = _names(self.initial.get("groups", [])), _names(cleaned.get("groups", []))
        if ADMINISTRATOR in before and ADMINISTRATOR not in after and not self.by.is_superuser:
            self.add_error("groups", message)
        return cleaned


# These pages ask for password and factor again: with an unlocked screen alone no account can be changed.
@admin.register(StaffUser)
@method_decorator(reauthentication_required, "add_view")
@method_decorator(reauthentication_required, "change_view")
class StaffUserAdmin(PlainText, admin.ModelAdmin):
    form = StaffForm
    actions = None
    list_display = ("email", "name", "roles", "factor", "has_password", "is_active", "last_login")
    list_filter = ("is_active", ("groups", RoleFilter))
    search_fields = ("email", "name")
    ordering = ("email",)
    change_form_template = "admin/staff/change_form.html"

    def get_urls(self) -> list:
        def screen(act: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
            return self.admin_site.reauthentication_required(act)  # type: ignore[attr-defined]

        own = [
            path("<int:pk>/invitation/", screen(self.invitation_view), name="staff_staffuser_invitation"),
            path("<int:pk>/factor/", screen(self.factor_view), name="staff_staffuser_factor"),
        ]
        return own + super().get_urls()

    def get_fieldsets(self, request: HttpRequest, obj: StaffUser | None = None) -> Any:
        if obj is None:
            return [(None, {"fields": ("email", "name", "groups")})]
        is_own = obj.pk == request.user.pk
        roles = ("role", "is_active") if obj.is_superuser else ("groups", "is_active")
        return [
            (None, {"fields": ("email", "name")}),
            (_("Roles"), {"fields": (*roles, "sure") if is_own else roles}),
            (_("Dates"), {"fields": ("joined_at", "last_login")}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: StaffUser | None = None) -> Any:
        return ("role", "joined_at", "last_login")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.by = request.user
        return form

    @admin.display(description=gettext_lazy("second factor"), boolean=True)
    def factor(self, user: Any) -> bool:
        return user.factor

    @admin.display(description=gettext_lazy("password set"), boolean=True)
    def has_password(self, user: StaffUser) -> bool:
        return user.has_usable_password()

    @admin.display(description=gettext_lazy("roles"))
    def roles(self, user: StaffUser) -> str:
        names = [group.name for group in user.groups.all()]
        return ", ".join([_("superuser"), *names] if user.is_superuser else names)

    @admin.display(description=gettext_lazy("role"))
    def role(self, user: StaffUser) -> str:
        return _("Superuser: may do everything. This can be given and removed only on the server's command line.")

    def get_queryset(self, request: HttpRequest) -> Any:
        apps = AuthenticatorApp.objects.filter(user=OuterRef("pk"), confirmed=True)
        passkeys = WebAuthnCredential.objects.filter(user=OuterRef("pk"), confirmed=True)
        has_factor = Q(Exists(apps)) | Q(Exists(passkeys))
        return super().get_queryset(request).prefetch_related("groups").annotate(factor=has_factor)

    def formfield_for_manytomany(self, db_field: ManyToManyField, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            kwargs |= {"form_class": RolesField, "widget": forms.CheckboxSelectMultiple}
            kwargs["queryset"] = Group.objects.order_by("name")
            kwargs["help_text"], kwargs["label"] = "", _("Roles")
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: StaffUser, form: Any, change: bool) -> None:
        if change:
            return super().save_model(request, obj, form, change)
        obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        accounts.invite(obj, timezone.now())
        return messages.info(request, _("An email goes to %s, with a link to choose a password.") % obj.email)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        user = form.instance
        if user.is_active and not user.is_superuser and not user.groups.exists():
            message = _("%s can’t open anything yet: give them a role.")
            messages.warning(request, message % user.get_short_name())

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """Returns the text for the admin's log: names of fields; for roles and activity the old and the new value."""
        before = [] if add else _names(form.initial.get("groups", []))
        after = _names(form.cleaned_data["groups"]) if "groups" in form.cleaned_data else before
        said = [_("Added.")] if add else []
        if before != after:
            said.append(_("Roles: %s → %s.") % (", ".join(before) or "–", ", ".join(after) or "–"))
        if "is_active" in form.changed_data:
            said.append(_("Active again.") if form.cleaned_data["is_active"] else _("Deactivated."))
        said += [_("Changed: %s.") % name for name in ("email", "name") if name in form.changed_data and not add]
        return " ".join(said) or _("No fields changed.")

    def invitation_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asks to confirm; a POST sends the owner a link to set a password. The current password works until then."""
        return self._act(request, pk, "invitation", accounts.invite, _("A link to set a password was sent."))

    def factor_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asks to confirm; a POST removes a lost second factor, and the owner gets an email."""
        return self._act(request, pk, "factor", accounts.reset_factor, _("The second factor was reset."))

    def _act(self, request: HttpRequest, pk: int, name: str, act: Callable[..., None], done: str) -> HttpResponse:
        user = self.get_object(request, str(pk))
        if not self.has_change_permission(request, user):
            raise PermissionDenied
        if user is None or not user.is_active:
            raise Http404
        if request.method != "POST":
            context = {"account": user, "section": self.opts, "title": TITLES[name] % user.get_short_name()}
            return page(request, f"staff/{name}", **context)
        act(user, timezone.now())
        self.log_change(request, user, done)
        messages.success(request, f"{user.get_short_name()}: {done}")
        return redirect("admin:staff_staffuser_changelist")

    def log_addition(self, request: HttpRequest, obj: StaffUser, message: Any) -> LogEntry:
        return _nameless(super().log_addition(request, obj, message))

    def log_change(self, request: HttpRequest, obj: StaffUser, message: Any) -> LogEntry:
        return _nameless(super().log_change(request, obj, message))

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Shows the list under the name of what it lists, instead of Django's "Select … to change"."""
        return super().changelist_view(request, {"title": _("Staff"), **(extra_context or {})})

    def has_change_permission(self, request: HttpRequest, obj: StaffUser | None = None) -> bool:
        """Whether the user may change this account: only superusers may change a superuser. Others could set its
        password and become one.
        """
        is_above = obj is not None and obj.is_superuser and not request.user.is_superuser
        return not is_above and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _names(groups: Any) -> list[str]:
    return sorted(group.name for group in groups)


def _nameless(entry: LogEntry) -> LogEntry:
    """Removes the name of an account from the log, which is stored longer than the name may be."""
    entry.object_repr = f"staff {entry.object_id}"
    entry.save(update_fields=["object_repr"])
    return entry
