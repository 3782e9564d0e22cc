"""The admin page for pledge texts: write, preview and compare a new one; edit or cancel it while it is scheduled."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from pledges.admin_base.differences import difference
from pledges.admin_base.edit_conflicts import EditConflictForm
from pledges.admin_base.pages import page
from pledges.admin_base.read_only import ReadingAdmin
from pledges.languages import LANGUAGES, TRANSLATED
from pledges.models import PledgeText
from pledges.models.pledge_texts import ENGLISH
from pledges.public_forms.fields import TidyField

TEXTS = ("pledge", "agreement", "email_consent", "post_consent", "public_name_consent", "declaration")


class PledgeTextForm(EditConflictForm):
    language = forms.ChoiceField(
        label=_("Language"),
        choices=[
            (ENGLISH, _("English")),
            *((code, LANGUAGES[code].english_name) for code in TRANSLATED["pledges:sign"]),
        ],
        help_text=_("The form to sign in this language shows it, and shows the English text until there is one."),
    )
    read = forms.BooleanField(
        label=_("I have read it through"),
        help_text=_("From the time below every form shows it. It can be edited or cancelled until then, not later."),
        error_messages={"required": _("Read it through, and tick the box.")},
    )

    class Meta:
        model = PledgeText
        fields = ("language", *TEXTS, "read", "published_at", "seen")
        widgets = {name: forms.Textarea({"rows": 6 if name == "pledge" else 3, "cols": 70}) for name in TEXTS}
        help_texts = {
            "published_at": _("From then on forms show it. A form opened before may be sent for 24 more hours.")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "language" in self.fields:
            self.fields["language"].disabled = True  # because its number belongs to that language

    def clean(self) -> dict:
        answers = super().clean() or {}
        if self.instance.pk and not PledgeText.objects.get(pk=self.instance.pk).is_scheduled:
            raise forms.ValidationError(_("It has been published since, and can't be edited any more."))
        texts = PledgeText.objects.filter(language=answers.get("language", "")).exclude(pk=self.instance.pk)
        newest = texts.order_by("number").last()
        if newest and all(answers.get(name) == getattr(newest, name) for name in TEXTS):
            raise forms.ValidationError(_("Nothing is changed: this is pledge text %s.") % newest.number)
        return answers

    def clean_published_at(self):
        published_at = self.cleaned_data["published_at"]
        if published_at < timezone.now() - timedelta(minutes=5):
            raise forms.ValidationError(_("A pledge text can't have been published in the past."))
        return published_at


@admin.register(PledgeText)
class PledgeTextAdmin(ReadingAdmin):
    form = PledgeTextForm
    formfield_overrides = {**ReadingAdmin.formfield_overrides, models.TextField: {"form_class": TidyField}}
    change_form_template = "admin/pledges/pledgetext/change_form.html"
    list_display = ("__str__", "state", "published_at")
    ordering = ("-number",)

    @admin.display(description=_("state"))
    def state(self, obj: PledgeText) -> str:
        """Whether the text is scheduled, in force or past."""
        if obj.is_scheduled:
            return str(_("Scheduled"))
        in_force = PledgeText.objects.current(timezone.now(), obj.language)
        return str(_("In force") if obj == in_force else _("Past"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("pledges.add_pledgetext")

    def has_change_permission(self, request: HttpRequest, obj: PledgeText | None = None) -> bool:
        """Allows those who may add a text to edit one while it is scheduled."""
        return (obj is None or obj.is_scheduled) and self.has_add_permission(request)

    def get_fields(self, request: HttpRequest, obj: PledgeText | None = None) -> Any:
        """Leaves the box "I have read it through" out for texts that can't be saved."""
        fields = super().get_fields(request, obj)
        return fields if obj is None or obj.is_scheduled else [name for name in fields if name != "read"]

    def has_delete_permission(self, request: HttpRequest, obj: PledgeText | None = None) -> bool:
        return self.has_change_permission(request, obj)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict:
        """Fills in a new text with a copy of the newest English one; staff set the time of publication themselves."""
        newest = PledgeText.objects.filter(language=ENGLISH).order_by("number").last()
        return {name: getattr(newest, name) for name in TEXTS} if newest else {}

    def save_model(self, request, obj, form, change) -> None:
        if not change:
            obj.number = PledgeText.objects.next_number(obj.language)
        super().save_model(request, obj, form, change)

    def response_add(self, request: HttpRequest, obj: PledgeText, post_url_continue: str | None = None) -> HttpResponse:
        return self._saved(request, obj)

    def response_change(self, request: HttpRequest, obj: PledgeText) -> HttpResponse:
        return self._saved(request, obj)

    def _saved(self, request: HttpRequest, obj: PledgeText) -> HttpResponse:
        """Says from when forms show the text, and shows the list."""
        when = date_format(timezone.localtime(obj.published_at), "j F Y, H:i")
        message = (
            _("%(text)s is scheduled: forms show it from %(when)s.") if obj.is_scheduled else _("Forms show %(text)s.")
        )
        messages.success(request, message % {"text": obj, "when": when})
        return redirect("admin:pledges_pledgetext_changelist")

    def get_urls(self) -> list[URLPattern]:
        preview = self.admin_site.admin_view(require_POST(self.preview))
        return [path("preview/", preview, name="pledges_pledgetext_preview"), *super().get_urls()]

    def preview(self, request: HttpRequest) -> HttpResponse:
        """Shows the form's texts as people will read them, next to the text in force; saves nothing."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        language = request.POST.get("language", ENGLISH)
        typed = PledgeText(language=language, **{name: request.POST.get(name, "").strip() for name in TEXTS})
        in_force = PledgeText.objects.filter(language=language, published_at__lte=timezone.now())
        current = in_force.order_by("published_at", "number").last()
        context = {
            "title": _("Preview: nothing is saved"),
            "pledge_text": typed,
            "current": current,
            "rows": [_compared(PledgeText._meta.get_field(name), typed, current) for name in TEXTS],
        }
        return page(request, "pledges/pledgetext/preview", **context)


def _compared(field: Any, typed: PledgeText, current: PledgeText | None) -> tuple[str, str, str]:
    """Returns the field's name, its new text, and what differs from the text in force; empty where nothing does."""
    old, new = getattr(current, field.name, ""), getattr(typed, field.name)
    is_changed = current is not None and old.split() != new.split()
    return str(field.verbose_name), new, difference(old, new) if is_changed else ""
