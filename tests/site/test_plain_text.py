"""Text that staff type: every field refuses control and direction characters."""

import pytest
from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError

from campaign.staff.models import StaffUser
from pledges.admin_base import plain_text
from pledges.organisations.admin.forms import EntryForm, SignerForm, SpellingForm

HIDDEN = ["\x07", "\x1b", "\x85", "\u202e", "\u2066", "\u200b", "\ufeff", "\u2028", "\ufffe"]


def text_fields(rf) -> list[tuple[str, forms.CharField]]:
    request = rf.get("/admin/")
    request.user = StaffUser(is_superuser=True, is_active=True)
    found = []
    for model, screen in admin.site._registry.items():
        if screen.has_add_permission(request) or screen.has_change_permission(request):
            fields = screen.get_form(request).base_fields
            found += [
                (f"{model.__name__}.{name}", getattr(field, "base_field", field)) for name, field in fields.items()
            ]
    mine = (EntryForm, SignerForm, SpellingForm)
    found += [(f"{form.__name__}.{name}", field) for form in mine for name, field in form.base_fields.items()]
    # A password is never shown, and what an editor saw is compared and not stored.
    others = (forms.PasswordInput, forms.HiddenInput)
    return [
        (name, field)
        for name, field in found
        if isinstance(field, forms.CharField) and not isinstance(field.widget, others)
    ]


@pytest.mark.parametrize("hidden", HIDDEN)
def test_every_text_field_of_staff_refuses_what_nobody_sees(rf, hidden):
    fields, accepting = text_fields(rf), []
    for name, field in fields:
        try:
            field.clean(f"One{hidden}two")
        except ValidationError:
            continue
        accepting.append(name)
    assert len(fields) > 30
    assert [name for name in accepting if not name.startswith(("EntryForm", "SignerForm", "SpellingForm"))] == []
    assert hidden in "\u200b\ufeff" or accepting == []  # these two the public's cleaning strips, as on public forms


def test_what_is_seen_passes_with_its_line_ends():
    plain_text.lines("Ŵyl – “£5”\r\n\tسلام\n👩\u200d🚀 می\u200cخواهم")
    plain_text.one_line("می\u200cخواهم")


def test_a_line_end_stays_out_of_one_line():
    with pytest.raises(ValidationError):
        plain_text.one_line("One\ntwo")


def test_the_error_says_which_character_and_where():
    with pytest.raises(ValidationError, match=r"U\+202E.*after “Keep it”"):
        plain_text.lines("Keep it\u202e there")
