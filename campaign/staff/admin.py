"""Staff in the admin. They are deactivated, never deleted."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import BaseUserCreationForm, UserChangeForm
from django.db.models import Exists, ManyToManyField, OuterRef
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from campaign.models import AuthenticatorApp
from campaign.staff.models import StaffUser
from campaign.staff.roles import MAY
from campaign.staff.second_factor import asking_again
from pledges.admin_base.plain_text import PlainText


class StaffCreationForm(BaseUserCreationForm):
    class Meta:
        model = StaffUser
        fields = ("email", "name")


class StaffChangeForm(UserChangeForm):
    class Meta:
        model = StaffUser
        fields = ("email", "name", "is_active", "groups")
        field_classes: dict[str, type] = {}


# Whoever found an administrator's screen unlocked could make themselves an account with a factor of its own.
@admin.register(StaffUser)
@method_decorator(asking_again, "add_view")
@method_decorator(asking_again, "change_view")
@method_decorator(asking_again, "user_change_password")
class StaffUserAdmin(PlainText, UserAdmin):
    form = StaffChangeForm
    add_form = StaffCreationForm
    add_form_template = None
    list_display = ("email", "name", "roles", "factor", "is_active", "last_login")
    list_filter = ("is_active", "groups")
    search_fields = ("email", "name")
    ordering = ("email",)
    filter_horizontal = ()
    readonly_fields = ("joined_at", "last_login")
    fieldsets = (
        (None, {"fields": ("email", "name", "password")}),
        (_("Roles"), {"fields": ("groups", "is_active")}),
        (_("Dates"), {"fields": ("joined_at", "last_login")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "name", "password1", "password2", "groups")}),)

    @admin.display(description=_("second factor"), boolean=True)
    def factor(self, user) -> bool:
        return user.factor

    @admin.display(description=_("roles"))
    def roles(self, user: StaffUser) -> str:
        return ", ".join(group.name for group in user.groups.all())

    def get_queryset(self, request: HttpRequest):
        apps = AuthenticatorApp.objects.filter(user=OuterRef("pk"), confirmed=True)
        return super().get_queryset(request).prefetch_related("groups").annotate(factor=Exists(apps))

    def formfield_for_manytomany(self, db_field: ManyToManyField, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            lines = format_html_join("", "<li>{}: {}</li>", MAY.items())
            kwargs["help_text"] = format_html("<ul>{}</ul>", lines)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        user = form.instance
        if user.is_active and not user.is_superuser and not user.groups.exists():
            told = _("%s can open nothing yet. Give them a role.")
            messages.warning(request, told % user.get_short_name())

    def log_addition(self, request: HttpRequest, obj: StaffUser, message: Any) -> LogEntry:
        return _nameless(super().log_addition(request, obj, message))

    def log_change(self, request: HttpRequest, obj: StaffUser, message: Any) -> LogEntry:
        return _nameless(super().log_change(request, obj, message))

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Called by what it lists, not "Select … to change"."""
        return super().changelist_view(request, {"title": _("Staff"), **(extra_context or {})})

    def has_change_permission(self, request: HttpRequest, obj: StaffUser | None = None) -> bool:
        """Whoever could set a superuser's password would be one."""
        is_above = obj is not None and obj.is_superuser and not request.user.is_superuser
        return not is_above and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj=None) -> bool:
        return False


def _nameless(entry: LogEntry) -> LogEntry:
    """The admin's log stays for good, and a name need not."""
    entry.object_repr = f"staff {entry.object_id}"
    entry.save(update_fields=["object_repr"])
    return entry
