"""Reads a pasted or uploaded list of organisations, and compares it with those in the database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from pledges.inputs import organisation_names, spreadsheet, validation
from pledges.models import Organisation
from pledges.organisations import evidence
from pledges.organisations.evidence import Evidence

MOST = 200
# The names that columns have in other people's spreadsheet.
HEADERS = {
    "name": ("name", "organisation", "organization", "organisation name", "name of organisation"),
    "website": ("website", "web site", "web", "url", "link", "web address", "homepage"),
    "kind": ("kind", "type", "category", "sector", "kind of organisation"),
}
Answers = dict[str, Any]


@dataclass
class Line:
    """One row: `answers` for `organisations.enter`, or the `fault` why it could not be read."""

    number: int
    text: str
    answers: Answers = field(default_factory=dict)
    fault: str = ""
    repeats: str = ""  # a sentence that says what it repeats
    alike: list["Line"] = field(default_factory=list)  # other lines that may be the same organisation
    evidence: Evidence | None = None
    decision: str = ""  # "enter" or "leave", if staff have to decide

    @property
    def state(self) -> str:
        if self.fault:
            return "wrong"
        if self.repeats:
            return "repeated"
        return "alike" if self.alike or not (self.evidence is None or self.evidence.is_clear) else "new"

    @property
    def is_entered(self) -> bool:
        return self.state == "new" or (self.state == "alike" and self.decision == "enter")

    @property
    def kind_shown(self) -> str:
        return str(Organisation.Kind(self.answers["kind"]).label)

    @property
    def key(self) -> str:
        return organisation_names.key(self.answers["name"])


@dataclass
class Reading:
    """The lines of a pasted text."""

    lines: list[Line]
    has_header: bool
    empty: int
    unused: list[str]  # columns of the header that are ignored

    def in_state(self, state: str) -> list[Line]:
        return [line for line in self.lines if line.state == state]

    @property
    def new(self) -> list[Line]:
        return self.in_state("new")

    @property
    def repeated(self) -> list[Line]:
        return self.in_state("repeated")

    @property
    def alike(self) -> list[Line]:
        return self.in_state("alike")

    @property
    def wrong(self) -> list[Line]:
        return self.in_state("wrong")

    @property
    def undecided(self) -> list[Line]:
        return [line for line in self.alike if not line.decision]

    @property
    def to_enter(self) -> list[Line]:
        return [line for line in self.lines if line.is_entered]


def read(text: str, decisions: Mapping[int, str] | None = None) -> Reading:
    """Reads each line, and finds what is similar in the database and in the other lines.

    `decisions`: by line number, "enter" or "leave", and after a space the name that was decided about.
    """
    rows = spreadsheet.rows(text, _fits)
    filled = [row for row in rows if not row.is_empty]
    places = _header(filled[0].cells) if filled else None
    unused = (
        [cell for place, cell in enumerate(filled[0].cells) if cell and place not in places.values()] if places else []
    )
    body = filled[1:] if places else filled
    places = places or _places(body)
    lines = [_line(row, places, is_strict=not unused) for row in body]
    _compare(lines)
    for line in lines:
        act, _space, name = (decisions or {}).get(line.number, "").partition(" ")
        if act in ("enter", "leave") and name == line.answers.get("name"):
            line.decision = act
    return Reading(lines, len(body) < len(filled), len(rows) - len(filled), unused)


def _fits(cells: list[str]) -> bool:
    return bool(_header(cells)) or any(_kind(cell) for cell in cells)


def _header(cells: list[str]) -> dict[str, int] | None:
    """The index of each column, if these are names of columns; else None."""
    found = {name: spreadsheet.column(cells, *words) for name, words in HEADERS.items()}
    places = {name: place for name, place in found.items() if place is not None}
    return places if "name" in places and len(places) > 1 else None


def _places(rows: list[spreadsheet.Row]) -> dict[str, int]:
    """The columns without a header: name, website, kind, after columns that are empty in every row."""
    first = min((next(place for place, cell in enumerate(row.cells) if cell) for row in rows), default=0)
    return {"name": first, "website": first + 1, "kind": first + 2}


def _line(row: spreadsheet.Row, places: dict[str, int], is_strict: bool) -> Line:
    cells = {name: row.cells[place] if place < len(row.cells) else "" for name, place in places.items()}
    others = [cell for place, cell in enumerate(row.cells) if cell and place not in places.values()]
    line = Line(row.number, row.text)
    try:
        if others and is_strict:
            raise ValidationError(_("There are more than three parts."))
        kind = _kind(cells.get("kind", ""))
        if not kind:
            raise ValidationError(_no_kind(cells.get("kind", "")))
        line.answers = {
            "name": validation.organisation_name(cells["name"]),
            "website": validation.website(cells["website"]) if cells.get("website") else "",
            "kind": kind,
            "is_named": True,
        }
    except ValidationError as error:
        line.fault = error.messages[0]
    return line


def _no_kind(text: str) -> str:
    kinds = ", ".join(str(label) for label in Organisation.Kind.labels)
    message = _("“%(kind)s” is none of the kinds: %(kinds)s.") if text else _("The kind is missing: one of %(kinds)s.")
    return message % {"kind": text, "kinds": kinds}


def _kind(text: str) -> str:
    """The kind with this value or label, in any spelling; "" if there is none."""
    sought = organisation_names.key(text)
    kinds = Organisation.Kind.choices
    return next(
        (
            value
            for value, label in kinds
            if sought in (organisation_names.key(value), organisation_names.key(str(label)))
        ),
        "",
    )


def _compare(lines: list[Line]) -> None:
    read = [line for line in lines if not line.fault]
    known: dict[str, list[Organisation]] = {}
    for row in Organisation.objects.active().filter(key__in={line.key for line in read}):
        known.setdefault(row.key, []).append(row)
    fresh: list[Line] = []
    for line in read:
        line.repeats = _repeated(line, fresh, known.get(line.key, []))
        if not line.repeats:
            fresh.append(line)
    for line in fresh:
        name, website = line.answers["name"], line.answers["website"]
        line.evidence = evidence.gather(Organisation(name=name, website=website))
        line.alike = [other for other in fresh if other is not line and _is_alike(line, other)]


def _repeated(line: Line, before: Iterable[Line], known: Iterable[Organisation]) -> str:
    """A sentence that says which earlier line or organisation has the same name; "" if none has."""
    name, website = line.answers["name"], line.answers["website"]
    for other in before:
        if _is_same(name, website, other.answers["name"], other.answers["website"]):
            message = _("Line %(this)d repeats line %(other)d of this list.")
            return message % {"this": line.number, "other": other.number}
    for row in known:
        if _is_same(name, website, row.name, row.website):
            return _("Waits in the queue already.") if row.is_waiting else _("Is in the list already.")
    return ""


def _is_same(name: str, website: str, other: str, others_website: str) -> bool:
    """Whether the names are equal and the websites do not differ."""
    is_apart = website and others_website and website.rstrip("/") != others_website.rstrip("/")
    return name.casefold() == other.casefold() and not is_apart


def _is_alike(one: Line, other: Line) -> bool:
    return organisation_names.is_alike(one.key, other.key) or evidence.is_one_website(
        one.answers["website"], other.answers["website"]
    )
