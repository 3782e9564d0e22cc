"""Compares names of organisations by a normalised form (key), which is also used to search and sort them."""

import re
import unicodedata

from pledges.inputs import lookalikes

LONGEST = 300  # characters of a key; it can be longer than the name, because "&" becomes "and"

# Letters that Unicode does not decompose into a base letter and an accent.
_DECOMPOSED = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "þ": "th", "ŋ": "ng", "ı": "i"}
)
_ACCENT = re.compile("[\u0300-\u036f]")
_QUOTE = re.compile("[\"'`´‘’‚‛“”„‟′″‹›«»ʹʼʻʽ\u200c\u200d\u00ad]")
_INITIALS = re.compile(r"\b(?:\w\.\s?)+(?:\w\b(?!\.))?")  # "C.I.C", "C. I. C."
_WORDS = {"ltd": "limited"}
# Words that do not distinguish one organisation from another.
_STOP_WORDS = frozenset(["a", "an", "and", "at", "by", "for", "in", "of", "on", "the", "to", "limited"])


def key(name: str) -> str:
    """Returns the name without differences of spelling: case, accents, quotes, spaces, look-alike letters.

    "&" becomes "and", "Ltd" becomes "Limited", and "The" at the front is dropped. Names with the same key are the same
    name. Sorted by code point, keys are in alphabetical order, digits first.
    """
    text = _folded(name)
    text = _INITIALS.sub(lambda initials: re.sub(r"[.\s]", "", initials[0]) + " ", text)
    text = "".join(letter if unicodedata.category(letter)[0] in "LMN" else " " for letter in text)
    words = [_WORDS.get(word, word) for word in text.split()]
    if words[:1] == ["the"] and len(words) > 1:
        words = words[1:]
    return (" ".join(words) or name.casefold().strip())[:LONGEST].rstrip()


def is_alike(one: str, other: str) -> bool:
    """Whether two keys are so similar that staff should compare them: equal, misspelt, or one with more words.

    If each has a word that the other lacks ("Bank of the West", "Bank of the East"), they are different names.
    """
    if one == other:
        return True
    one, other = lookalikes.digits_as_letters(one), lookalikes.digits_as_letters(other)
    fewer, more = sorted((_significant_words(one), _significant_words(other)), key=len)
    if not fewer or 2 * len(fewer) < len(more):
        return False
    left = list(more)
    for word in fewer:
        match = next((each for each in left if _is_slip(word, each)), None)
        if match is None:
            return "".join(fewer) == "".join(more)  # "Make Ride", "MakeRide"
        left.remove(match)
    return True


def _folded(name: str) -> str:
    """Lower case, without accents and quotes, with look-alikes replaced by Latin letters."""
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name))
    text = lookalikes.latin(_ACCENT.sub("", text)).translate(_DECOMPOSED)
    return _QUOTE.sub("", text.replace("&", " and "))


def _significant_words(key: str) -> list[str]:
    return [word for word in key.split() if word not in _STOP_WORDS]


def _is_slip(one: str, other: str) -> bool:
    """Whether two words are the same but for one letter that is wrong, missing, doubled or swapped with the next."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if len(short) < 5 or len(long) - len(short) > 1 or any(map(str.isdigit, one + other)):
        return False
    start = next((i for i, pair in enumerate(zip(short, long, strict=False)) if len(set(pair)) > 1), len(short))
    a, b = short[start:], long[start:]
    if len(short) != len(long):
        return a == b[1:]
    return a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
