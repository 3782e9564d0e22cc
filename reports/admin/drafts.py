"""Drafts of public texts in the staff area: save, schedule, publish, and restore earlier versions."""

import logging
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reports.models import Draft

log = logging.getLogger(__name__)
BUTTONS = {
    "_draft",
    "_discard",
    "_restore",
    "_save",
    "_continue",
    "_addanother",
    "publish_at",
    "csrfmiddlewaretoken",
}
WHEN = forms.DateTimeField(required=False)


def address(draft: Draft) -> str:
    """Returns the address of a text's form, filled with its draft."""
    return f"{_form(draft.row)}?draft={version(draft)}"


def problem(request: HttpRequest, row: models.Model) -> str:
    """Returns why the draft can't be saved (the time is not valid, or another editor changed the draft), or ""."""
    try:
        WHEN.clean(request.POST.get("publish_at", ""))
    except forms.ValidationError:
        return str(_("Give the day and the time of publication, or leave both empty."))
    found = Draft.objects.of(row).first()
    if found and request.GET.get("draft") != version(found):
        message = _(
            "%(who)s has saved a draft of this text. Nothing of yours is saved yet: open that draft first."
        )
        return str(message % {"who": found.author})
    return ""


def form_data(draft: Draft) -> QueryDict:
    """Returns the values of a draft as form data."""
    data = QueryDict(mutable=True)
    for name, values in draft.data.items():
        data.setlist(name, values)
    return data


def version(draft: Draft) -> str:
    """Returns a value that changes each time the draft is saved."""
    return draft.changed_at.strftime("%Y%m%d%H%M%S%f")


def save(request: HttpRequest, row: models.Model) -> HttpResponse:
    """Saves the values of the form as the draft of a text."""
    publish_at = WHEN.clean(request.POST.get("publish_at", ""))
    data = {name: values for name, values in request.POST.lists() if name not in BUTTONS}
    draft = _store(row, data, request.user, publish_at)
    message = (
        _("Saved as a draft; it will be published at its time.") if publish_at else _("Saved as a draft.")
    )
    messages.success(request, message)
    return redirect(address(draft))


def restore(
    request: HttpRequest, row: models.Model, form: forms.ModelForm, earlier: models.Model
) -> HttpResponse:
    """Makes a draft of an earlier version; fields that versions don't have keep their current values."""
    data: dict[str, list[str]] = {}
    own = {field.name for field in row._meta.concrete_fields} - {"published_at"}
    for name in form.fields:
        bound = form[name]
        value = getattr(earlier, name) if name in own else bound.value()
        value = value.pk if isinstance(value, models.Model) else value
        data |= _sent(bound.html_name, form.fields[name].widget, form.fields[name].prepare_value(value))
    draft = _store(row, data, request.user, None)
    messages.success(request, _("The earlier version is a draft now. Look at it, and save it to publish it."))
    return redirect(address(draft))


def publish(draft: Draft) -> bool:
    """Publishes a draft as its author. Returns False if the text changed since, or the author has lost the
    permission.
    """
    row = draft.row
    screen: Any = admin.site.get_model_admin(type(row))
    request = HttpRequest()
    request.method, request.user = "POST", draft.author  # type: ignore[assignment]
    form: Any = screen.get_form(request, row, change=True)(form_data(draft), instance=row)
    if not (draft.author.is_active and screen.has_change_permission(request, row) and form.is_valid()):
        return False
    with transaction.atomic():
        screen.save_model(request, form.save(commit=False), form, change=True)
        form.save_m2m()
        draft.delete()
    return True


def publish_due(now: datetime) -> int:
    """Publishes the drafts that are due. Those that can't be published stay, and are listed on the editors' page."""
    due = Draft.objects.filter(publish_at__lte=now).select_related("author")
    published = sum(publish(draft) for draft in due)
    if published:
        log.info("published %d drafts of the report", published)
    return published


def work() -> dict[str, Any]:
    """Returns the context of the editors' page: drafts, scheduled and failed publications, recent edits."""
    now = timezone.now()
    drafts = Draft.objects.select_related("author").order_by("publish_at", "-changed_at")
    texts = [
        model
        for model in admin.site._registry
        if hasattr(model, "published_at") and hasattr(model, "history")
    ]
    rows = [row for model in texts for row in model._default_manager.all()]
    edits = [
        edit
        for model in texts
        for edit in model.history.select_related("history_user").order_by("-history_date")[:10]  # type: ignore[attr-defined]
    ]
    return {
        "stuck": [(one, address(one)) for one in drafts if one.publish_at and one.publish_at <= now],
        "scheduled": [(one, address(one)) for one in drafts if one.publish_at and one.publish_at > now],
        "drafts": [(one, address(one)) for one in drafts if not one.publish_at],
        "unpublished": [
            (row, _form(row)) for row in rows if row.published_at is None or row.published_at > now
        ],
        "edits": [
            (edit, _form(edit.instance))
            for edit in sorted(edits, key=lambda one: one.history_date)[::-1][:20]
        ],
    }


def _form(row: Any) -> str:
    return reverse(f"admin:reports_{row._meta.model_name}_change", args=[row.pk])


def _store(row: models.Model, data: dict[str, Any], author: Any, publish_at: datetime | None) -> Draft:
    found = Draft.objects.of(row).first() or Draft(row=row)
    found.data, found.author, found.publish_at = data, author, publish_at
    found.save()
    return found


def _sent(name: str, widget: forms.Widget, value: Any) -> dict[str, list[str]]:
    """Returns the value of a field as a browser would send it."""
    widget = getattr(widget, "widget", widget)  # the admin wraps the widget of a relation, to add links
    if isinstance(widget, forms.MultiWidget):
        parts: Any = widget.decompress(value)
        return {f"{name}_{n}": [_text(part)] for n, part in enumerate(parts)}
    if getattr(widget, "allow_multiple_selected", False):
        return {name: [str(getattr(one, "pk", one)) for one in value or []]}
    return {name: [_text(value)]}


def _text(value: Any) -> str:
    return "" if value is None else str(value)
