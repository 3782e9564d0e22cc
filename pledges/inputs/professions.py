"""The profession groups, and which of them an occupation belongs to by the table in professions.toml."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Literal

from django.db import models
from django.utils.translation import gettext_lazy as _


class Profession(models.TextChoices):
    """Profession groups. Of the occupation that was typed only its group is stored."""

    SCHOOLS = "schools", _("Schools and nurseries")
    HIGHER_EDUCATION = "higher-education", _("Colleges and universities")
    HEALTH = "health", _("Health")
    SOCIAL_CARE = "social-care", _("Social care and social work")
    POLICING = "policing", _("Police and justice")
    LAW = "law", _("Law and advice")
    PUBLIC_ADMINISTRATION = "public-administration", _("Councils, job centres and civil service")
    HOUSING = "housing", _("Housing and homelessness")
    CHARITY = "charity", _("Charities, unions and faith")
    STUDENT = "student", _("Students")
    RETIRED = "retired", _("Retired")
    OTHER = "other", _("Other work")


# Occupations that the form suggests; anything else may be typed.
SUGGESTIONS = [
    _("Ambulance worker"),
    _("Care worker"),
    _("Carer"),
    _("Charity worker"),
    _("Civil servant"),
    _("Council worker"),
    _("Counsellor"),
    _("Dentist"),
    _("Doctor"),
    _("Faith leader"),
    _("GP"),
    _("Headteacher"),
    _("Health visitor"),
    _("Healthcare assistant"),
    _("Housing officer"),
    _("Interpreter"),
    _("Job centre worker"),
    _("Lecturer"),
    _("Librarian"),
    _("Midwife"),
    _("Nurse"),
    _("Nursery worker"),
    _("Pharmacist"),
    _("Police officer"),
    _("Probation officer"),
    _("Researcher"),
    _("Retired"),
    _("School governor"),
    _("School support staff"),
    _("Social worker"),
    _("Solicitor or barrister"),
    _("Student"),
    _("Support worker"),
    _("Teacher"),
    _("Teaching assistant"),
    _("Union organiser"),
    _("Volunteer"),
    _("Youth worker"),
]

_TABLE = tomllib.loads(Path(__file__).with_name("professions.toml").read_text(encoding="utf-8"))
_NO_WORD = re.compile(r"[\W_]+")
_LATIN = re.compile("[a-z]")
_SHORTEST_CORRECTED, _LONG = 5, 10  # word lengths from which one, and two, mistyped letters are corrected


def profession_of(occupation: str) -> Profession | Literal[""]:
    """Returns the group of an occupation: OTHER if it is not known, "" if nothing was said (like "none").

    "" also for an unknown one in another script, such as Arabic: the confirm page then asks for the group.
    """
    plain = _plain(occupation)
    if plain.replace(" ", "") in _NOTHING:
        return ""
    words = _IGNORED.sub(" ", plain).split()
    rank = _rank(words)
    if rank == _UNKNOWN:
        rank = _rank([_corrected(word) for word in words])
    if rank == _UNKNOWN and not _LATIN.search(plain):
        return ""
    return _GROUPS[rank]


def _plain(text: str) -> str:
    """Returns the text in lower case, with "and" for "&", without accents, and with a space for all other
    characters.
    """
    letters = unicodedata.normalize("NFKD", text).casefold()
    return _NO_WORD.sub(" ", letters.replace("&", " and ")).strip()


def _entries(text: str) -> list[str]:
    """The entries of one list of the table."""
    return [" ".join(entry.split()) for entry in text.split(",") if entry.strip()]


# The groups in the order of the table. A rank is an index in this list; the lowest decides, and the last means
# "unknown".
_GROUPS = [*(Profession(section["name"]) for section in _TABLE["group"]), Profession.OTHER]
_UNKNOWN = len(_GROUPS) - 1
# The ranks of phrases, of prefixes ("physio*") and of whole texts ("=head"). Keys have no spaces, so that "N.H.S.",
# "women's", "careworker" and "care-worker" are all found.
_PHRASES: dict[str, int] = {}
_BEGINNINGS: dict[str, int] = {}
_WHOLE: dict[str, int] = {}
for _place, _section in enumerate(_TABLE["group"]):
    for _entry in _entries(_section["words"]):
        _key = _plain(_entry).replace(" ", "")
        _ranks = _WHOLE if _entry[0] == "=" else _BEGINNINGS if _entry[-1] == "*" else _PHRASES
        for _form in (_key, _key + "s"):
            _ranks.setdefault(_form, _place)
# All prefixes of phrases: the search continues with the next word only after one of these.
_STARTS = frozenset(key[:end] for key in _PHRASES | _BEGINNINGS for end in range(1, len(key) + 1))
_NOTHING = frozenset(["", *(entry.replace(" ", "") for entry in _entries(_TABLE["nothing"]))])
_IGNORED = re.compile(rf"\b(?:{'|'.join(_entries(_TABLE['ignored']))})\b")


def _rank(words: list[str]) -> int:
    """Returns the lowest rank of all phrases that consecutive words make up."""
    lowest = _WHOLE.get("".join(words), _UNKNOWN)
    for first in range(len(words)):
        joined = ""
        for word in words[first:]:
            reached = len(joined)
            joined += word
            lowest = min(lowest, _PHRASES.get(joined, _UNKNOWN))
            # A prefix must end in the last word: "tea chemist" does not match "teach*".
            for end in range(reached + 1, len(joined) + 1):
                lowest = min(lowest, _BEGINNINGS.get(joined[:end], _UNKNOWN))
            if joined not in _STARTS:
                break
    return lowest


def _corrected(word: str) -> str:
    """Returns the known word that this one is a misspelling of; the same word if there is none."""
    if len(word) < _SHORTEST_CORRECTED:
        return word
    return next((_known_words()[form] for form in _forms(word) if form in _known_words()), word)


def _forms(word: str) -> Iterator[str]:
    """The word itself, and the word without each one of its letters; if it is long, also without each two.

    Two words with a common form differ by one mistake: a letter too many, missing, wrong or swapped.
    """
    for dropped in range(3 if len(word) >= _LONG else 2):
        for letters in combinations(word, len(word) - dropped):
            yield "".join(letters)


@cache
def _known_words() -> dict[str, str]:
    """All forms of all words in the table; of two words with the same form, the more similar one."""
    entries = [entry for section in _TABLE["group"] for entry in _entries(section["words"])]
    entries += _entries(_TABLE["no_slips"])
    words = {word for entry in entries for word in entry.strip("=*").split() if len(word) >= _SHORTEST_CORRECTED}
    by_distance = sorted((len(word) - len(form), form, word) for word in words for form in _forms(word))
    known: dict[str, str] = {}
    for _distance, form, word in by_distance:
        known.setdefault(form, word)
    return known
