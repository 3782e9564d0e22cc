"""The register of personal data: collects all declarations, and finds fields without one."""

from collections.abc import Iterator

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import Field, Model
from django.utils.translation import gettext_lazy as _

from campaign.privacy import data_uses
from pledges.models import data_uses as pledge_uses
from pledges.models.data_register import Table, Text, Use

# In the order in which the page shows them.
GROUPS: list[tuple[Text, list[Table]]] = [
    (_("People who sign"), pledge_uses.SUPPORTERS),
    (_("Emails"), pledge_uses.EMAILS),
    (_("Organisations"), pledge_uses.ORGANISATIONS),
    (_("Visitors"), data_uses.VISITORS),
    (_("Staff"), [*data_uses.STAFF, *pledge_uses.STAFF_RECORDS]),
    (_("Nothing personal"), [*pledge_uses.NOTHING_PERSONAL, *data_uses.NOTHING_PERSONAL]),
]
TABLES = [table for _title, tables in GROUPS for table in tables]


def as_data() -> list[dict[str, object]]:
    """Returns the register as plain values, by group and table."""
    return [{"group": str(title), "tables": [_table(table) for table in tables]} for title, tables in GROUPS]


def _table(table: Table) -> dict[str, object]:
    return {
        "table": table.model,
        "about": str(table.about),
        "legal_basis": str(table.basis),
        "personal": [_use(table, fields, use) for fields, use in table.uses.items()],
        "impersonal": table.impersonal.split(),
    }


def _use(table: Table, fields: str, use: Use) -> dict[str, object]:
    return {
        "fields": fields.split(),
        "what": str(use.what),
        "purpose": str(use.purpose),
        "legal_basis": str(use.basis or table.basis),
        "who_can_read_it": str(use.readers or table.readers),
        "how_long": str(use.period or table.period),
    }


def undeclared() -> Iterator[str]:
    """Yields each field that no declaration names, as "app.Model.field"."""
    for model in apps.get_models(include_auto_created=True):
        table = table_of(model)
        for field in model._meta.local_concrete_fields:
            if table is None or not _covers(table, field):
                yield f"{model._meta.label}.{field.name}"


def table_of(model: type[Model]) -> Table | None:
    """Returns the declaration of this model, or else of its app; None if there is neither."""
    by_label = {table.model: table for table in TABLES}
    return by_label.get(model._meta.label) or by_label.get(model._meta.app_label)


def _covers(table: Table, field: Field) -> bool:
    if field.name in " ".join([*table.uses, table.impersonal]).split():
        return True
    # "*" (all other fields) does not cover a foreign key to a member of staff.
    return table.impersonal == "*" and field.related_model is not get_user_model()
