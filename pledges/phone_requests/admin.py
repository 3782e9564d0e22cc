"""The admin pages on which supporter care takes requests on the phone.

The first choice is to email the owner the link to My pledge. Otherwise a request is carried out at a random time within
a day, and the page says the same whether there is anything to do. So a caller who pretends to be someone else can
neither learn nor add anything.
"""

from typing import cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from pledges.admin_base.read_only import ReadingAdmin
from pledges.complaints import service as complaints
from pledges.inputs import email_address
from pledges.models import PhoneRequest, QueuedEmail, retention
from pledges.phone_requests import service as phone_requests
from pledges.public_forms.fields import CleanField


class LinkForm(forms.Form):
    link_email = CleanField(
        email_address.mailbox,
        label=_("Email address"),
        help_text=_(
            "An address gets at most two of these emails an hour, and three a day. Further ones are sent later."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false", "autofocus": True}),
    )


class PhoneRequestForm(forms.ModelForm):
    email = CleanField(
        email_address.mailbox,
        label=_("The caller's email address"),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false", "size": "40"}),
        help_text=_("Its owner gets an email that names the request. The address is not recorded."),
    )

    kind = forms.ChoiceField(
        label=_("What the caller asks for"),
        choices=PhoneRequest.Kind,
        widget=forms.RadioSelect,
        help_text=_(
            "Withdrawing removes a person’s own signature. That of an organisation is withdrawn by moderators, under "
            "Organisations."
        ),
    )
    sure = forms.BooleanField(
        required=False,
        label=_("The caller has heard the address and is sure"),
        help_text=_("Needed only for withdrawing and for “never email again”, because you can’t undo them."),
    )

    class Meta:
        model = PhoneRequest
        fields = ("kind",)

    def clean(self) -> None:
        """Requires the checkbox if the request can't be undone: a misheard address would be someone else's."""
        clean = self.cleaned_data
        if not {"email", "kind"} <= clean.keys() or not PhoneRequest.Kind(clean["kind"]).is_final or clean["sure"]:
            return
        heard = _("This can’t be undone. Read “%(address)s” back to the caller, and tick the box if it is right.")
        self.add_error("sure", heard % {"address": clean["email"].address})


@admin.register(PhoneRequest)
class PhoneRequestAdmin(ReadingAdmin):
    add_title = _("Take a call")
    form = PhoneRequestForm
    fields = ("email", "kind", "sure")
    list_display = ("taken_at", "kind", "taken_by")
    list_display_links = None  # the list shows all of it
    list_filter = ("kind", "taken_by")
    list_select_related = ("taken_by",)
    date_hierarchy = "taken_at"
    ordering = ("-taken_at",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("pledges.add_phonerequest")

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict | None = None) -> HttpResponse:
        number = request.GET.get("complaint", "")
        found = _complaint(number)
        context = {
            "title": self.add_title,
            "link_form": LinkForm(),
            "complaint_number": number,
            "complaint": found,
            "complaint_reference": complaints.reference(found.ref) if found else "",
            "complaints_stored_days": retention.EMAILS_STORED.days,
        }
        return super().add_view(request, form_url, {**context, **(extra_context or {})})

    def get_urls(self) -> list:
        view = self.admin_site.admin_view(self.send_link)
        return [path("link/", view, name="pledges_phonerequest_link"), *super().get_urls()]

    @method_decorator(require_POST)
    @method_decorator(permission_required("pledges.add_phonerequest", raise_exception=True))
    def send_link(self, request: HttpRequest) -> HttpResponse:
        """Emails the owner of an address the link to My pledge; says the same for every valid address."""
        form = LinkForm(request.POST)
        if form.is_valid():
            by = cast(AbstractBaseUser, request.user)
            phone_requests.send_link_for_caller(form.cleaned_data["link_email"], by, timezone.now())
            messages.success(request, _("An email with the link to My pledge goes to this address."))
            return redirect("admin:pledges_phonerequest_add")
        request.method = "GET"  # so that the other form of the page is a new one
        here = reverse("admin:pledges_phonerequest_add")
        response = self.add_view(request, form_url=here, extra_context={"link_form": form})
        response.status_code = 422
        return response

    def save_model(self, request: HttpRequest, obj: PhoneRequest, form: PhoneRequestForm, change: bool) -> None:
        by = cast(AbstractBaseUser, request.user)
        obj.pk = phone_requests.record(PhoneRequest.Kind(obj.kind), form.cleaned_data["email"], by, timezone.now()).pk

    def response_add(
        self, request: HttpRequest, obj: PhoneRequest, post_url_continue: str | None = None
    ) -> HttpResponse:
        messages.success(
            request,
            _(
                "The request is recorded. It is carried out within a day, if there is anything to do. The owner gets "
                "an email."
            ),
        )
        return self.response_post_save_add(request, obj)


def _complaint(number: str) -> QueuedEmail | None:
    """The complaint with this number, while its email is stored; its text is not read."""
    sought = "".join(letter for letter in number.upper() if letter.isalnum())
    rows = QueuedEmail.objects.filter(kind=QueuedEmail.Kind.COMPLAINT).defer("words", "mailbox")
    return next((row for row in rows if complaints.reference(row.ref).replace("-", "") == sought), None)
