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
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from pledges.models import PledgeText
from reports.models import Draft

log = logging.getLogger(__name__)
BUTTONS = {"_draft", "_discard", "_restore", "_save", "_continue", "_addanother", "publish_at", "csrfmiddlewaretoken"}
WHEN = forms.DateTimeField(required=False)


def address(draft: Draft) -> str:
    """Returns the address of a text's form, filled with its draft."""
    return f"{_form(draft.row)}?draft={version(draft)}"


def problem(request: HttpRequest, row: models.Model) -> str:
    """Returns why the form can't be saved as a draft, or in place of one, or ""."""
    try:
        publish_at = WHEN.clean(request.POST.get("publish_at", ""))
    except forms.ValidationError:
        return str(_("Give the day and the time of publication, or leave both empty."))
    if "_draft" in request.POST and publish_at and publish_at < timezone.now():
        return str(_("That time is in the past: choose a later one, or leave it empty."))
    return changed_since(Draft.objects.of(row).first(), request.GET.get("draft", ""))


def changed_since(draft: Draft | None, seen: str) -> str:
    """Returns a sentence where an editor who saw this version of the draft would overwrite another one, or ""."""
    if draft is None or seen == version(draft):
        return ""
    message = _("%(who)s has saved a draft of this text. Nothing of yours is saved yet: open that draft first.")
    return str(message % {"who": draft.author})


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
    message = _("Saved as a draft; it will be published on %s.") if publish_at else _("Saved as a draft.")
    messages.success(request, message % _moment(publish_at) if publish_at else message)
    return redirect(address(draft))


def _moment(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "j F Y, H:i")


def discard(request: HttpRequest, row: models.Model) -> HttpResponse:
    """Deletes the draft, where it is still the one that the editor saw."""
    draft = Draft.objects.of(row).first()
    if problem_found := changed_since(draft, request.POST["_discard"]):
        messages.error(request, problem_found)
    else:
        Draft.objects.of(row).delete()
        _screen(row).log_change(request, row, str(_("The draft was discarded.")))
        messages.success(request, _("The draft is discarded."))
    return redirect(_form(row))


def restore(request: HttpRequest, row: models.Model, form: forms.ModelForm, earlier: models.Model) -> HttpResponse:
    """Makes a draft of an earlier version; fields that versions don't have keep their current values.

    Where there is a draft already, that one stays and is shown.
    """
    if draft := Draft.objects.of(row).first():
        message = _("There is a draft of this text already, by %(who)s. Publish or discard it first.")
        messages.error(request, message % {"who": draft.author})
        return redirect(address(draft))
    data: dict[str, list[str]] = {}
    own = {field.name for field in row._meta.concrete_fields} - {"published_at"}
    for name in form.fields:
        bound = form[name]
        value = getattr(earlier, name) if name in own else bound.value()
        value = value.pk if isinstance(value, models.Model) else value
        data |= _sent(bound.html_name, form.fields[name].widget, form.fields[name].prepare_value(value))
    draft = _store(row, data, request.user, None)
    messages.success(request, _("The earlier version is a draft now. Look at it, then publish it."))
    return redirect(address(draft))


def publish(draft: Draft) -> bool:
    """Publishes a draft as its author. Returns False if it can't be published (see `is_outdated`)."""
    request, form = _sent_again(draft)
    if not _may_be_published(request, form):
        return False
    screen = _screen(form.instance)
    with transaction.atomic():
        screen.save_model(request, form.save(commit=False), form, change=True)
        form.save_m2m()
        screen.log_change(request, form.instance, str(_("The scheduled draft was published.")))
        draft.delete()
    return True


def is_outdated(draft: Draft) -> bool:
    """Whether the text was changed after the draft was begun, or its author may not change it any more."""
    return not _may_be_published(*_sent_again(draft))


def _may_be_published(request: HttpRequest, form: Any) -> bool:
    may_change = _screen(form.instance).has_change_permission(request, form.instance)
    return request.user.is_active and may_change and form.is_valid()


def _sent_again(draft: Draft) -> tuple[HttpRequest, Any]:
    """Returns a request of the draft's author, and the text's form as they would send it now."""
    row = draft.content_type.get_object_for_this_type(pk=draft.object_id)
    request = HttpRequest()
    request.method, request.user = "POST", draft.author  # type: ignore[assignment]
    return request, _screen(row).get_form(request, row, change=True)(form_data(draft), instance=row)


def publish_due(now: datetime) -> int:
    """Publishes the drafts that are due. Those that can't be published stay, and are listed on the editors' page."""
    due = Draft.objects.due(now).select_related("author")
    published = sum(publish(draft) for draft in due)
    if published:
        log.info("published %d drafts of the report", published)
    return published


def work() -> dict[str, Any]:
    """Returns the context of the editors' page: drafts, scheduled and failed publications, recent edits."""
    now = timezone.now()
    drafts = Draft.objects.select_related("author").order_by("publish_at", "-changed_at")
    texts = [model for model in admin.site._registry if hasattr(model, "published_at") and hasattr(model, "history")]
    rows = [row for model in texts for row in model._default_manager.all()]
    return {
        "stuck": [(one, address(one)) for one in drafts if one.publish_at and one.publish_at <= now],
        "scheduled": [
            (one, address(one), is_outdated(one)) for one in drafts if one.publish_at and one.publish_at > now
        ],
        "drafts": [(one, address(one)) for one in drafts if not one.publish_at],
        "unpublished": [(row, _form(row)) for row in rows if row.published_at is None or row.published_at > now],
        "edits": _latest_edits(texts)[:20],
        "pledge_texts": PledgeText.objects.filter(published_at__gt=now).order_by("published_at"),
    }


def _latest_edits(models_of_texts: list[Any]) -> list[tuple[Any, str, str]]:
    """Returns the latest edit of each text that was edited lately, newest first: (version, address, kind of text)."""
    found: dict[Any, Any] = {}
    for model in models_of_texts:
        newest_first = model.history.select_related("history_user").order_by("-history_date", "-history_id")
        for edit in newest_first[:100]:
            found.setdefault((model, edit.instance.pk), edit)
    newest = sorted(found.values(), key=lambda edit: edit.history_date, reverse=True)
    return [(edit, _form(edit.instance), edit.instance_type._meta.verbose_name) for edit in newest]


def _screen(row: models.Model) -> Any:
    return admin.site.get_model_admin(type(row))


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
        shown = [each.format_value(part) for each, part in zip(widget.widgets, parts, strict=True)]
        return {f"{name}_{n}": [_text(part)] for n, part in enumerate(shown)}
    if getattr(widget, "allow_multiple_selected", False):
        return {name: [str(getattr(one, "pk", one)) for one in value or []]}
    return {name: [_text(value)]}


def _text(value: Any) -> str:
    return "" if value is None else str(value)
