"""Supporter care: somebody calls, and wants something taken away.

Whoever takes the call types the address and the wish, and is told the same whether there was anything to do. It
is done later, at a random time within a day: no screen or public page changes right after a call.
Every wish only takes away, so a caller who pretends to be somebody can neither learn nor add.
"""

from typing import cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pledges.admin_base.read_only import ReadingAdmin
from pledges.inputs import email_address
from pledges.models import PhoneRequest
from pledges.my_pledge import service as my_pledge
from pledges.public_forms.fields import CleanField


class PhoneRequestForm(forms.ModelForm):
    email = CleanField(
        email_address.mailbox,
        label=_("The caller's email address"),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false", "size": "40"}),
        help_text=_("Its owner gets a letter that names the wish. The address is not recorded."),
    )

    wish = forms.ChoiceField(
        label=_("What the caller wishes"),
        choices=PhoneRequest.Wish,
        widget=forms.RadioSelect,
        help_text=_(
            "Withdrawing covers a person’s own signature. An organisation’s is withdrawn under Organisations, by "
            "whoever may decide about them."
        ),
    )
    sure = forms.BooleanField(
        required=False,
        label=_("The caller has heard the address and is sure"),
        help_text=_("Only to withdraw, or never to write again: you can’t undo either."),
    )

    class Meta:
        model = PhoneRequest
        fields = ("wish",)

    def clean(self) -> None:
        """As on the owner's own page; here a slip of the ear would hit somebody else."""
        clean = self.cleaned_data
        if (
            not {"email", "wish"} <= clean.keys()
            or not PhoneRequest.Wish(clean["wish"]).is_final
            or clean["sure"]
        ):
            return
        heard = _(
            "This can’t be undone. Read “%(address)s” back to the caller, and tick the box if it is right."
        )
        self.add_error("sure", heard % {"address": clean["email"].address})


@admin.register(PhoneRequest)
class PhoneRequestAdmin(ReadingAdmin):
    form = PhoneRequestForm
    fields = ("email", "wish", "sure")
    list_display = ("taken_at", "wish", "taken_by")
    list_filter = ("wish", "taken_by")
    list_select_related = ("taken_by",)
    date_hierarchy = "taken_at"
    ordering = ("-taken_at",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("pledges.add_phonerequest")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        return super().add_view(request, form_url, {"title": _("Take a call"), **(extra_context or {})})

    def save_model(
        self, request: HttpRequest, obj: PhoneRequest, form: PhoneRequestForm, change: bool
    ) -> None:
        by = cast(AbstractBaseUser, request.user)
        obj.pk = my_pledge.take_call(
            PhoneRequest.Wish(obj.wish), form.cleaned_data["email"], by, timezone.now()
        ).pk

    def response_add(
        self, request: HttpRequest, obj: PhoneRequest, post_url_continue: str | None = None
    ) -> HttpResponse:
        messages.success(
            request, _("Taken. It is done within a day, if there is anything to do. The owner gets an email.")
        )
        return self.response_post_save_add(request, obj)
