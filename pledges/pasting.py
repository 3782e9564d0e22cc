"""A pasted list of organisations, read line by line: name, website, kind, parted by tabs or semicolons."""

from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pledges import cleaning
from pledges.models import Organisation
from pledges.tidying import tidy

MOST = 200
ENTERED = gettext_lazy("An organisation of this name is in the list already, or waits to be.")


@dataclass(frozen=True)
class Line:
    number: int
    text: str
    answers: dict[str, Any] = field(default_factory=dict)  # as `organisations.enter` takes them
    fault: str = ""

    @property
    def kind_shown(self) -> str:
        return str(Organisation.Kind(self.answers["kind"]).label)


def read(text: str) -> list[Line]:
    """The lines that hold anything; one that can't be entered says why."""
    seen = {name.lower() for name in Organisation.objects.alive().values_list("name", flat=True)}
    return [_line(number, line, seen) for number, line in enumerate(text.splitlines(), 1) if tidy(line)]


def _line(number: int, text: str, seen: set[str]) -> Line:
    parts = [tidy(part) for part in text.split("\t" if "\t" in text else ";")]
    name, website, kind, *rest = [*parts, "", "", ""]
    try:
        if any(rest):
            raise ValidationError(_("There are more than three parts."))
        answers: dict[str, Any] = {
            "name": cleaning.organisation_name(name),
            "website": cleaning.website(website) if website else "",
            "kind": _kind(kind),
            "is_named": True,
        }
    except ValidationError as error:
        return Line(number, text, fault=error.messages[0])
    if answers["name"].lower() in seen:
        return Line(number, text, fault=str(ENTERED))
    seen.add(answers["name"].lower())
    return Line(number, text, answers)


def _kind(text: str) -> str:
    """A kind by its name or its label, in whatever case."""
    for value, label in Organisation.Kind.choices:
        if text.casefold() in (value, str(label).casefold()):
            return value
    raise ValidationError(_("“%(kind)s” is none of the kinds.") % {"kind": text})
