from django.db import models


class Erasure(models.Model):
    """That a row was erased, and on which day: its table and its random ref, nothing of what it said.

    Written by triggers of the database, so that no code can forget it, and kept a little longer than any
    backup: what an older backup brings back is erased again (`manage.py after_restore`). The table stands
    beside the ref because a contact takes over the ref of the pending it came from.
    """

    table_name = models.CharField(max_length=63)
    ref = models.UUIDField()
    erased_on = models.DateField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["table_name", "ref"], name="erasure_once")]

    def __str__(self) -> str:
        return f"{self.table_name} {self.erased_on}"
