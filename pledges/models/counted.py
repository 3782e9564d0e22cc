"""The columns by which signatures are counted."""

from typing import Any, NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

from pledges.inputs.professions import Profession
from pledges.inputs.regions import Region

# The longest name of a counted column, and the longest key of its choices, here and in the weekly statistics. Django's
# check fields.E009 refuses longer ones.
KEY_LENGTH = 60


class Fact(NamedTuple):
    """A counted column of one signature: `value` in words, empty if nothing was given."""

    column: str
    label: str
    value: str


class Change(NamedTuple):
    column: str
    label: str
    before: str
    now: str


def counted_column(label: Any, choices: type[models.TextChoices]) -> Any:
    """A column to count by. The database has a default for it, so that the version before, which runs until it is
    restarted after `migrate`, can still insert rows.
    """
    return models.CharField(label, max_length=KEY_LENGTH, choices=choices, blank=True, default="", db_default="")


class Counted(models.Model):
    """The columns that a signature takes over from its pending signature, and that the weekly statistics count by.

    How to count by another one: CONTRIBUTING.md.
    """

    region = counted_column(_("Region"), Region)
    profession = counted_column(_("Work"), Profession)

    class Meta:
        abstract = True

    def facts(self) -> list[Fact]:
        """Each counted column, in words."""
        return [
            Fact(name, field.verbose_name, getattr(self, f"get_{name}_display")()) for name, field in COUNTED.items()
        ]

    def changes_since(self, earlier: "Counted") -> list[Change]:
        """The counted columns whose value differs from the earlier one."""
        return [
            Change(now.column, now.label, before.value, now.value)
            for before, now in zip(earlier.facts(), self.facts(), strict=True)
            if before.value != now.value
        ]


# By its name: each counted column.
COUNTED: dict[str, Any] = {field.name: field for field in Counted._meta.local_fields}
