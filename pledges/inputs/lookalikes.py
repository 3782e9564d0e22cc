"""Finds letters and digits that look like Latin letters: “Lіberty” with a Cyrillic і, “Examp1e” with a digit."""

import re
import unicodedata
from dataclasses import dataclass

import idna

# For each Latin letter those that look like it: Cyrillic, Greek, Armenian, and symbols.
_ALIKE = {
    "a": "аαɑ", "b": "ЬᏏ", "c": "сϲⅽ", "d": "ԁⅾ", "e": "еҽ℮", "g": "ɡց", "h": "һհ", "i": "іιıⅰ", "j": "јϳ",
    "k": "кκ", "l": "ӏⅼǀ|", "m": "мⅿ", "n": "пոռ", "o": "оοօᴏ", "p": "рρ", "q": "ԛգզ", "r": "гᴦ", "s": "ѕ",
    "t": "тτ", "u": "υսц", "v": "νѵⅴ", "w": "ԝωա", "x": "хχⅹ", "y": "уγүყ", "z": "ᴢ",
    "A": "АΑ", "B": "ВΒ", "C": "СϹⅭ", "D": "Ⅾ", "E": "ЕΕ", "G": "Ԍ", "H": "НΗ", "I": "ІΙӀ", "J": "Ј", "K": "КΚ",
    "L": "Ⅼ", "M": "МΜ", "N": "Ν", "O": "ОΟՕ", "P": "РΡ", "Q": "Ԛ", "S": "ЅՏ", "T": "ТΤ", "U": "ՍԱ", "V": "ѴⅤ",
    "W": "ԜⱲ", "X": "ХΧ", "Y": "УΥҮ", "Z": "Ζ",
}  # fmt: skip
_LATIN = {ord(letter): latin for latin, letters in _ALIKE.items() for letter in letters}
# Also the small letters of those that look Latin only as capitals, so that upper and lower case give the same.
_SMALL = {ord(chr(letter).casefold()): latin.casefold() for letter, latin in _LATIN.items()} | {
    letter: latin for letter, latin in _LATIN.items() if latin.islower()
}
_WORD = re.compile(r"\w+")
# Digits that look like letters. 2 and 4 are not among them: they stand for words in genuine names ("Care4Calais").
_DIGITS = {"0": "o", "1": "l", "3": "e", "5": "s"}
_DIGITS_AMONG_LETTERS = re.compile(r"(?<=[^\W\d_])[0135]+(?=[^\W\d_])|\b[01](?=[^\W\d_]{3})")


@dataclass(frozen=True)
class Lookalike:
    letter: str
    latin: str  # the Latin letter that it looks like; empty if it is only of another script

    @property
    def code(self) -> str:
        return f"U+{ord(self.letter):04X} {unicodedata.name(self.letter, '')}"


def latin(text: str) -> str:
    """Returns the text in lower case, with each letter replaced by the Latin one that it looks like."""
    return text.translate(_LATIN).casefold().translate(_SMALL)


def digits_as_letters(text: str) -> str:
    """Returns the text with digits inside a word replaced by the letters that they look like: "examp1e", "example"."""
    return _DIGITS_AMONG_LETTERS.sub(lambda digits: "".join(_DIGITS[digit] for digit in digits[0]), text)


def found(text: str) -> list[Lookalike]:
    """Returns the suspicious letters and digits of `text`, each once. Words in another script are not suspicious."""
    letters: dict[str, None] = {}
    for word in _WORD.findall(text):
        strange = [letter for letter in word if not _is_plain(letter)]
        is_mixed = len(strange) < sum(map(str.isalpha, word))
        if is_mixed or all(map(_latin, strange)):
            letters.update(dict.fromkeys(strange))
        letters.update(dict.fromkeys("".join(_DIGITS_AMONG_LETTERS.findall(word))))
    return [Lookalike(letter, _latin(letter)) for letter in letters]


def host_shown(host: str) -> str:
    """Returns a punycode host as a browser may show it; the same host if it is not punycode or not valid."""
    try:
        return idna.decode(host) if "xn--" in host else host
    except idna.IDNAError:
        return host


def _is_plain(letter: str) -> bool:
    if not letter.isalpha():
        return True
    return letter.isascii() or (unicodedata.name(letter, "").startswith("LATIN ") and ord(letter) not in _LATIN)


def _latin(letter: str) -> str:
    wide = unicodedata.normalize("NFKC", letter)
    return _DIGITS.get(letter) or _LATIN.get(ord(letter), wide if wide != letter and wide.isascii() else "")
