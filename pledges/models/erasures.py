from django.db import models


class Erasure(models.Model):
    """That a row was erased, and on which day: its table and its random ref, nothing of its content.

    Triggers write it, so that it can't be forgotten. It is stored longer than any backup: what a restored backup brings
    back is erased again (`manage.py after_restore`). The table is needed because a contact takes over the ref of its
    pending signature.
    """

    table_name = models.CharField(max_length=63)
    ref = models.UUIDField()
    erased_on = models.DateField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["table_name", "ref"], name="erasure_once")]

    def __str__(self) -> str:
        return f"{self.table_name} {self.erased_on}"
