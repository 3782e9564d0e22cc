"""Wordings in the admin: a change is a new number, never an edit."""

from datetime import timedelta

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pledges.admin_base.read_only import ReadingAdmin
from pledges.models import PledgeText

TEXTS = ("pledge", "agreement", "email_consent", "post_consent", "public_name_consent", "declaration")


class PledgeTextForm(forms.ModelForm):
    read = forms.BooleanField(
        label=_("I have read it through"),
        help_text=_("From the moment below it stands on every form, and nobody can edit it again."),
        error_messages={"required": _("Read it through, and tick the box.")},
    )

    class Meta:
        model = PledgeText
        fields = ("language", *TEXTS, "read", "published_at")
        widgets = {name: forms.Textarea({"rows": 6 if name == "pledge" else 3, "cols": 70}) for name in TEXTS}
        help_texts = {
            "published_at": _(
                "From then on forms show it. A form opened before may be sent for 24 more hours."
            ),
        }

    def clean(self) -> dict:
        answers = super().clean() or {}
        newest = PledgeText.objects.filter(language=answers.get("language", "")).order_by("number").last()
        if newest and all(answers.get(name) == getattr(newest, name) for name in TEXTS):
            raise forms.ValidationError(_("Nothing is changed: this is wording %s.") % newest.number)
        return answers

    def clean_published_at(self):
        published_at = self.cleaned_data["published_at"]
        if published_at < timezone.now() - timedelta(minutes=5):
            raise forms.ValidationError(_("A wording can't have been published in the past."))
        return published_at


@admin.register(PledgeText)
class PledgeTextAdmin(ReadingAdmin):
    form = PledgeTextForm
    list_display = ("number", "language", "published_at")
    ordering = ("-number",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("pledges.add_pledgetext")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict:
        """A new wording starts from the newest one; when it is published nobody but staff can say."""
        newest = PledgeText.objects.order_by("number").last()
        return {name: getattr(newest, name) for name in TEXTS} if newest else {}

    def save_model(self, request, obj, form, change) -> None:
        obj.number = PledgeText.objects.next_number(obj.language)
        super().save_model(request, obj, form, change)
