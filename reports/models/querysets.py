"""The querysets of texts: every public page starts from `published()`."""

from typing import Self, TypeVar

from django.db import models
from django.utils import timezone

LANGUAGE = "en-GB"
Row = TypeVar("Row", bound=models.Model)


class ContentQuerySet(models.QuerySet[Row]):
    """Texts, some of them not published. A text is public only when every row that it belongs to (`above`) is."""

    above: tuple[str, ...] = ()

    def published(self, language: str = LANGUAGE) -> Self:
        paths = ("", *self.above)
        now = timezone.now()
        public = {f"{path}published_at__lte": now for path in paths}
        return self.filter(**public, **{f"{paths[-1]}language": language})


class PartQuerySet(ContentQuerySet[Row]):
    """Texts that are parts of a report."""

    above = ("report__",)
