"""Shows what changed between two versions of a text, in the words of the list under *History*."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from simple_history.admin import SimpleHistoryAdmin
from simple_history.models import ModelChange, ModelDelta
from simple_history.template_utils import HistoricalRecordContextHelper

from pledges.admin_base.differences import difference


class ChangesInWords(HistoricalRecordContextHelper):
    """Shows a choice by its label ("Partly met", not "partly-met"), dates as on the site, and of texts what differs."""

    def prepare_delta_change_value(self, change: Any, value: Any) -> Any:
        choices = dict(self.model._meta.get_field(change.field).flatchoices)
        if value is None:
            return "–"
        if isinstance(value, str):
            return str(choices.get(value, value))
        if isinstance(value, datetime):
            return date_format(timezone.localtime(value), "j F Y, H:i")
        if isinstance(value, date):
            return date_format(value, "j F Y")
        return super().prepare_delta_change_value(change, value)

    def context_for_delta_changes(self, delta: Any) -> list[dict[str, Any]]:
        """Returns the name of each field that changed, and its words with the removed and inserted ones marked."""
        changes = []
        for change in delta.changes:
            old, new = (_joined(self.prepare_delta_change_value(change, value)) for value in (change.old, change.new))
            name = capfirst(self.model._meta.get_field(change.field).verbose_name)
            changes.append({"field": name, "words": difference(old, new, is_cut=True)})
        return changes


def _joined(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


class HistoryAdmin(SimpleHistoryAdmin):
    """Lists for each version also the changes of `readonly_fields`, which the package leaves out.

    For a recommendation these are the status, its note and the day of the last check.
    """

    def get_historical_record_context_helper(
        self, request: HttpRequest, historical_record: Any
    ) -> HistoricalRecordContextHelper:
        return ChangesInWords(self.model, historical_record)

    def set_history_delta_changes(
        self, request: HttpRequest, historical_records: Sequence[Any], foreign_keys_are_objs: bool = True
    ) -> None:
        super().set_history_delta_changes(request, historical_records, foreign_keys_are_objs)
        for newer, older in pairwise(historical_records):
            changes = [
                ModelChange(name, getattr(older, name), getattr(newer, name))
                for name in self.readonly_fields
                if getattr(older, name) != getattr(newer, name)
            ]
            helper = self.get_historical_record_context_helper(request, newer)
            delta = ModelDelta(changes, [change.field for change in changes], older, newer)
            newer.history_delta_changes += helper.context_for_delta_changes(delta)
