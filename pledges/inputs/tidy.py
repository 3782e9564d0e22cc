"""Tidy what somebody typed or pasted, before any rule judges it; and find the hidden characters that remain."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Categories that nobody sees: controls, formats (zero-width and direction marks among them), surrogates, private,
# unassigned, line and paragraph ends.
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Letters to a computer, blank to a reader: a broken byte, braille blank, Hangul fillers, Khmer vowels.
BLANK = frozenset("\ufffd\u2800\u115f\u1160\u3164\uffa0\u17b4\u17b5")
# What turns the order of the text around it: embeddings, overrides and isolates.
REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# The non-joiner and the joiner, with which the names of these scripts are spelt.
JOINERS = frozenset("\u200c\u200d")
JOINING_SCRIPT = re.compile(
    "(ARABIC|SYRIAC|MANDAIC|MONGOLIAN|DEVANAGARI|BENGALI|GURMUKHI|GUJARATI|ORIYA|TAMIL|TELUGU|KANNADA|MALAYALAM"
    "|SINHALA|KHMER|MYANMAR) "
)
VIRAMA = 9  # combining class of the sign after which a joiner may end a word, as in Malayalam names


def tidy(text: str) -> str:
    """`text` without the spaces, byte-order, zero-width and direction marks around it.

    Nothing inside is changed. Every reader of what people type calls this first. It takes linear time and doesn't
    normalise, so it may be called before the length is known.
    """
    start, end = 0, len(text)
    while start < end and _clings(text[start]):
        start += 1
    while start < end and _clings(text[end - 1]):
        end -= 1
    if text[end : end + 1] in JOINERS and unicodedata.combining(text[end - 1]) == VIRAMA:
        end += 1  # it shapes the last letter
    return text[start:end]


def _clings(letter: str) -> bool:
    return letter.isspace() or unicodedata.category(letter) == "Cf"


def refuse_hidden(text: str) -> None:
    """Raises ValidationError where a character inside `text` can't be seen, and says after what it stands."""
    for place, letter in enumerate(text):
        if letter in "\r\n":
            raise ValidationError(_("There is a line break inside this. Write it in one line."))
        if is_hidden(letter) and not (letter in JOINERS and _joins(text, place)):
            raise ValidationError(hidden_after(text[:place]))


def hidden_after(before: str) -> str:
    """The sentence for a hidden character behind the text `before`."""
    if not before:
        return _(
            "There is a hidden or broken character at the start of this. Delete it all and type it again."
        )
    return _(
        "There is a hidden or broken character after “%(before)s”. Delete it and type the rest again."
    ) % {"before": before[-20:]}


def is_hidden(letter: str) -> bool:
    return letter in BLANK or unicodedata.category(letter) in HIDDEN


def _joins(text: str, place: int) -> bool:
    """Whether the joiner at `place` stands where its script uses one: between letters, or behind a virama."""
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    if not _is_joining(before):
        return False
    return _is_joining(after) or (unicodedata.combining(before) == VIRAMA and not after.isalnum())


def _is_joining(letter: str) -> bool:
    return bool(letter) and JOINING_SCRIPT.match(unicodedata.name(letter, "")) is not None
