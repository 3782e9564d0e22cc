"""Loads the content that ships with the site into the database.

It creates what is missing, by natural key, and never changes what exists, because staff may have edited it.
"""

import tomllib
from pathlib import Path
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from reports import record_updates
from reports.models import Arrangement, Body, GlossaryTerm, PressText, Recommendation, Report, Sector, Update

FOLDER = Path(__file__).parent / "content"
SECTORS = ("education", "policing", "health", "data-protection")
Fields = dict[str, Any]


def read(name: str) -> Fields:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


@transaction.atomic
def load(*, dry_run: bool = False) -> list[str]:
    """Returns a line for each row that was created and each field that differs. With `dry_run`, writes nothing."""
    loading = Loading()
    loading.everything()
    if dry_run:
        transaction.set_rollback(True)
    return loading.lines


class Loading:
    """One run through the files; `lines` is its result."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.now = timezone.now().replace(microsecond=0)  # as forms can show it
        self.bodies: dict[str, Body] = {}

    def everything(self) -> None:
        content = read("report")
        self.checked_on = content["checked_on"]
        report, _ = self.part(Report, content["report"], "key", "language")
        for position, fields in enumerate(content["body"], 1):
            self.body(fields | {"position": position})
        for position, fields in enumerate(content["arrangement"], 1):
            arrangement = fields | {"report": report, "position": position}
            self.part(Arrangement, arrangement, "report", "slug", links="shared_by")
        for position, name in enumerate(SECTORS, 1):
            self.sector(report, read(name), position)
        for fields in read("press")["text"]:
            self.part(PressText, fields, "key")
        for fields in read("glossary")["term"]:
            self.part(GlossaryTerm, fields, "slug")

    def body(self, fields: Fields) -> None:
        if successor := fields.get("successor"):
            fields["successor"] = self.bodies[successor]
        self.bodies[fields["slug"]], _ = self.row(Body, fields, "slug")

    def sector(self, report: Report, content: Fields, position: int) -> None:
        fields = content["sector"] | {"report": report, "position": position}
        sector, _ = self.part(Sector, fields, "report", "slug")
        for number, fields in enumerate(content["recommendation"], 1):
            self.recommendation(fields | {"sector": sector, "number": number})

    def recommendation(self, fields: Fields) -> None:
        updates = fields.pop("update", [])
        recommendation, created = self.part(Recommendation, fields, "key", links="asked_of")
        if created:
            record_updates.check(recommendation, self.checked_on)
        for update in updates:
            self.update(recommendation, update)

    def update(self, recommendation: Recommendation, fields: Fields) -> None:
        """Creates or compares an update. Updates are recognised by day and source, so that a corrected one is not
        recorded again.
        """
        same = {"happened_on": fields["happened_on"], "source_url": fields["source_url"]}
        if recorded := recommendation.updates.filter(**same).order_by("id").first():
            for name, value in fields.items():
                self.compare(recorded, name, getattr(recorded, name), value)
            return
        update = Update(recommendation=recommendation, **fields)
        record_updates.record(update, checked_on=self.checked_on)
        self.lines.append(f"created {label(update)}")

    def part(self, model: type[models.Model], fields: Fields, *key: str, links: str = "") -> Any:
        """Creates or compares a published row; `links` names its many-to-many field, given as slugs of bodies."""
        bodies = [self.bodies[address] for address in fields.pop(links, [])]
        row, created = self.row(model, fields, *key, published_at=self.now)
        if links and created:
            getattr(row, links).set(bodies)
        elif links:
            self.compare(row, links, set(getattr(row, links).all()), set(bodies))
        return row, created

    def row(self, model: type[models.Model], fields: Fields, *key: str, **publish: Any) -> tuple[Any, bool]:
        defaults = {name: value for name, value in fields.items() if name not in key}
        natural = {name: fields[name] for name in key}
        row, created = model._default_manager.get_or_create(**natural, defaults=defaults | publish)
        if created:
            self.lines.append(f"created {label(row)}")
        else:
            for name, value in defaults.items():
                self.compare(row, name, getattr(row, name), value)
        return row, created

    def compare(self, row: models.Model, name: str, here: object, file: object) -> None:
        if here != file:
            self.lines.append(f"differs {label(row)}, {name}\n  here: {here}\n  file: {file}")


def label(row: models.Model) -> str:
    return f"{row._meta.verbose_name} {row}"
