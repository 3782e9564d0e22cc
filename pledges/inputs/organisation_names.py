"""When two names of organisations are one name: the key under which they are searched, sorted and compared."""

import re
import unicodedata

from pledges.inputs import lookalikes

LONGEST = 300  # of a key; "&" and ligatures grow when they are folded

# Letters that Unicode does not take apart into a base letter and an accent.
_APART = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "þ": "th", "ŋ": "ng", "ı": "i"}
)
_ACCENT = re.compile("[\u0300-\u036f]")
_QUOTE = re.compile("[\"'`´‘’‚‛“”„‟′″‹›«»ʹʼʻʽ\u200c\u200d\u00ad]")
_INITIALS = re.compile(r"\b(?:\w\.\s?)+(?:\w\b(?!\.))?")  # "C.I.C", "C. I. C."
_WORDS = {"ltd": "limited"}
# Words that tell no organisation from another.
_FILLING = frozenset(["a", "an", "and", "at", "by", "for", "in", "of", "on", "the", "to", "limited"])


def key(name: str) -> str:
    """The name without what people write differently: case, accents, quotes, spaces, look-alike letters.

    "&" is "and", "Ltd" is "Limited", a "The" in front is dropped. Names with one key are the same name;
    ordered by code point, keys are in the order of the alphabet, digits first.
    """
    text = _folded(name)
    text = _INITIALS.sub(lambda initials: re.sub(r"[.\s]", "", initials[0]) + " ", text)
    text = "".join(letter if unicodedata.category(letter)[0] in "LMN" else " " for letter in text)
    words = [_WORDS.get(word, word) for word in text.split()]
    if words[:1] == ["the"] and len(words) > 1:
        words = words[1:]
    return (" ".join(words) or name.casefold().strip())[:LONGEST].rstrip()


def is_alike(one: str, other: str) -> bool:
    """Whether staff should compare two keys: the same, misspelt, or one with a word or two more.

    Where each has a word of its own ("Bank of the West", "Bank of the East") they are different names.
    """
    if one == other:
        return True
    fewer, more = sorted((_telling(one), _telling(other)), key=len)
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
    """Small letters without accents and quotes, each in the Latin letter that it looks like."""
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name))
    text = lookalikes.latin(_ACCENT.sub("", text)).translate(_APART)
    return _QUOTE.sub("", text.replace("&", " and "))


def _telling(key: str) -> list[str]:
    return [word for word in key.split() if word not in _FILLING]


def _is_slip(one: str, other: str) -> bool:
    """Whether two words are one, with at most one letter wrong, missing, doubled or swapped with the next."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if len(short) < 5 or len(long) - len(short) > 1 or any(map(str.isdigit, one + other)):
        return False
    start = next(
        (i for i, pair in enumerate(zip(short, long, strict=False)) if len(set(pair)) > 1), len(short)
    )
    a, b = short[start:], long[start:]
    if len(short) != len(long):
        return a == b[1:]
    return a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
