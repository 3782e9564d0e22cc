"""What is public: every public page starts from `published()`."""

from typing import Self, TypeVar

from django.db import models
from django.utils import timezone

Row = TypeVar("Row", bound=models.Model)


class ContentQuerySet(models.QuerySet[Row]):
    """Rows with drafts. A row is public only when every row above it is."""

    above: tuple[str, ...] = ()

    def published(self) -> Self:
        now = timezone.now()
        return self.filter(**{f"{path}published_at__lte": now for path in ("", *self.above)})


class PartQuerySet(ContentQuerySet[Row]):
    above = ("report__",)
