"""The records of what was erased, by which a restored backup can be brought up to date."""

from django.db import models


class Erasure(models.Model):
    """A row was erased, and on which day: its table and its random ref, without its content.

    Triggers write it, so no code can forget to. It is stored longer than any backup: what a restored backup brings back
    is erased again (`manage.py after_restore`). The table is part of it because a contact has the ref of its pending
    signature.
    """

    table_name = models.CharField(max_length=63)
    ref = models.UUIDField()
    erased_on = models.DateField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["table_name", "ref"], name="erasure_once")]

    def __str__(self) -> str:
        return f"{self.table_name} {self.erased_on}"
