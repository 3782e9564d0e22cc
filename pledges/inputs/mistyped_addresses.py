"""Says what is wrong with an email address that is not valid."""

import re
import unicodedata

from django.utils.translation import gettext as _
from email_validator import SPECIAL_USE_DOMAIN_NAMES

from pledges.inputs.tidy import hidden_after, is_hidden

LONGEST, LONGEST_LOCAL = 254, 64
# What phones and word processors write instead of ASCII characters, in addition to what NFKC normalises.
_PLAIN = {"’": "'", "‘": "'", "‐": "-", "‑": "-", "–": "-", "—": "-", "−": "-"}
_LOCAL_SIGNS = frozenset(".!#$%&'*+-/=?^_`{|}~")
_DOMAIN_SIGNS = frozenset(".-。")  # the last is the dot of Chinese and Japanese input methods
# What nearly everyone types: no character of it is at a wrong place.
_ORDINARY = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")
_NUMBERS = re.compile(r"[\d.]+")


def fault(text: str) -> str:
    """Returns a sentence that says what is wrong with `text` as an email address; "" if no rule here finds a fault."""
    finders = (_too_long, _too_many, _wrong_character, _missing_part, _wrong_dot, _wrong_domain)
    return next(filter(None, (find(text) for find in finders)), "")


def _too_long(text: str) -> str:
    if len(text) > LONGEST:
        return _("This address is too long. Enter one email address and nothing else.")
    if len(text.rpartition("@")[0]) > LONGEST_LOCAL:
        return _("The part before the @ is too long. It can have at most 64 characters.")
    return ""


def _too_many(text: str) -> str:
    if "@@" in text:
        return _("There are two @ signs together. Use one, as in name@example.org.")
    if text.count("@") > 1 or any(mark in text for mark in ";<>()"):
        return _("Enter one email address and nothing else, like name@example.org.")
    return ""


def _wrong_character(text: str) -> str:
    """A sentence about the first character that is not allowed at its place."""
    if _ORDINARY.fullmatch(text):
        return ""
    local = text.rpartition("@")[0]
    for place, letter in enumerate(text):
        if letter != "@" and (found := _wrong_letter(letter, text[:place], is_domain=place > len(local) > 0)):
            return found
    return ""


def _wrong_letter(letter: str, before: str, is_domain: bool) -> str:
    plain = _PLAIN.get(letter) or unicodedata.normalize("NFKC", letter)
    if letter.isspace():
        return _("An email address has no spaces. Remove the space.")
    if is_hidden(letter):
        return hidden_after(before)
    if letter == ",":
        return _("An email address has no commas. Should it be a dot?")
    if plain != letter and plain.isascii():
        return _("“%(letter)s” only looks like “%(plain)s”. Type “%(plain)s” instead.") % {
            "letter": letter,
            "plain": plain,
        }
    return _not_in_domain(letter) if is_domain else _not_before_at(letter)


def _not_in_domain(letter: str) -> str:
    """Returns an error about a character that no domain contains; "" for letters of every script and combining
    marks.
    """
    if letter.isalnum() or letter in _DOMAIN_SIGNS or unicodedata.category(letter).startswith("M"):
        return ""
    return _("“%(letter)s” can’t be used after the @ of an email address.") % {"letter": letter}


def _not_before_at(letter: str) -> str:
    if letter.isascii() and (letter.isalnum() or letter in _LOCAL_SIGNS):
        return ""
    return _(
        "“%(letter)s” can’t be used before the @: our mail server can’t send to such an address. "
        "If your address has another spelling, use that."
    ) % {"letter": letter}


def _missing_part(text: str) -> str:
    local, _at, domain = text.rpartition("@")
    if not local:
        return _("Enter a full email address, with an @, like name@example.org.")
    if _NUMBERS.fullmatch(domain):
        return _("After the @ enter the name of an email service, like example.org, not a number.")
    if not re.search("[.。]", domain):
        return _("The address has no ending. Enter all of it, like name@example.org.")
    return ""


def _wrong_dot(text: str) -> str:
    local, _at, domain = text.rpartition("@")
    if ".." in text:
        return _("There are two dots together. Use one.")
    if text.endswith("."):
        return _("The address ends with a dot. Remove it.")
    if text.startswith("."):
        return _("The address starts with a dot. Remove it.")
    if local.endswith(".") or domain.startswith("."):
        return _("There is a dot next to the @. Remove it.")
    return ""


def _wrong_domain(text: str) -> str:
    domain = text.rpartition("@")[2].lower()
    parts = domain.split(".")
    if any(part.startswith("-") or part.endswith("-") for part in parts):
        return _("After the @, no part can start or end with a hyphen.")
    if any(len(part) > 63 for part in parts):
        return _("A part after the @ is too long. It can have at most 63 characters between dots.")
    if any(f".{domain}".endswith(f".{name}") for name in SPECIAL_USE_DOMAIN_NAMES):
        return _("We can’t send email to addresses that end with “%(ending)s”.") % {"ending": parts[-1]}
    if parts[-1].isdigit():
        return _("An email address can’t end with a number. Enter its ending, like .org.")
    return ""
