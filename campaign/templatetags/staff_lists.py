"""Template filters for the lists of the staff area."""

from typing import Any

from django import template
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

register = template.Library()


@register.filter
def labelled(cell: SafeString, header: dict[str, Any]) -> SafeString:
    """Returns the cell with the title of its column in `data-label`, which is shown on a phone, where a row is a card.
    An empty cell is marked, and not shown there.

    `cell` and `header` are what Django's admin passes to `change_list_results.html`.
    """
    title = strip_tags(str(header["text"])).strip()
    if not title:  # the check boxes of actions
        return cell
    is_empty = strip_tags(cell).strip() == "-"
    label = format_html('<td data-label="{}"{} ', capfirst(title), mark_safe(" data-empty") if is_empty else "")
    return mark_safe(cell.replace("<td ", label, 1))  # noqa: S308 - the cell is HTML of the admin, the label is escaped
