"""Strips spaces and invisible characters around a text, and finds hidden characters inside it."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Unicode categories of invisible characters: control, format (zero-width and direction marks), surrogate, private use,
# unassigned, line and paragraph separators.
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Blank characters in categories of letters and symbols: U+FFFD, braille blank, Hangul fillers, Khmer vowels.
BLANK = frozenset("\ufffd\u2800\u115f\u1160\u3164\uffa0\u17b4\u17b5")
# Characters that change the direction of the text around them: embeddings, overrides and isolates.
REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Zero-width non-joiner and joiner, which names in the scripts below contain.
JOINERS = frozenset("\u200c\u200d")
JOINING_SCRIPT = re.compile(
    "(ARABIC|SYRIAC|MANDAIC|MONGOLIAN|DEVANAGARI|BENGALI|GURMUKHI|GUJARATI|ORIYA|TAMIL|TELUGU|KANNADA|MALAYALAM"
    "|SINHALA|KHMER|MYANMAR) "
)
VIRAMA = 9  # combining class of the character after which a joiner may end a word, as in Malayalam names


def tidy(text: str) -> str:
    """Returns `text` without the spaces, byte-order, zero-width and direction marks around it.

    Nothing inside is changed. All other validation calls this first. It takes linear time and does not normalise, so it
    is safe before the length is checked.
    """
    start, end = 0, len(text)
    while start < end and _is_strippable(text[start]):
        start += 1
    while start < end and _is_strippable(text[end - 1]):
        end -= 1
    if text[end : end + 1] in JOINERS and unicodedata.combining(text[end - 1]) == VIRAMA:
        end += 1  # it belongs to the last letter
    return text[start:end]


def _is_strippable(letter: str) -> bool:
    return letter.isspace() or unicodedata.category(letter) == "Cf"


def refuse_hidden(text: str) -> None:
    """Raises ValidationError if `text` contains an invisible character; the message says after what."""
    for place, letter in enumerate(text):
        if letter in "\r\n":
            raise about_this(_("There is a line break inside this. Write it in one line."))
        if is_hidden(letter) and not (letter in JOINERS and _joins(text, place)):
            raise about_this(hidden_after(text[:place]))


def about_this(message: str) -> ValidationError:
    """An error whose message does not name its field: the error summary puts the field's label before it."""
    return ValidationError(message, code="about_this")


def hidden_after(before: str) -> str:
    """The error message about a hidden character after the text `before`."""
    if not before:
        return _("There is a hidden or broken character at the start of this. Delete it all and type it again.")
    return _("There is a hidden or broken character after “%(before)s”. Delete it and type the rest again.") % {
        "before": before[-20:]
    }


def is_hidden(letter: str) -> bool:
    return letter in BLANK or unicodedata.category(letter) in HIDDEN


def _joins(text: str, place: int) -> bool:
    """Whether the joiner at `place` is used as its script does: between letters, or after a virama."""
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    if not _is_joining(before):
        return False
    return _is_joining(after) or (unicodedata.combining(before) == VIRAMA and not after.isalnum())


def _is_joining(letter: str) -> bool:
    return bool(letter) and JOINING_SCRIPT.match(unicodedata.name(letter, "")) is not None
