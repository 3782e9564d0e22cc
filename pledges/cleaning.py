"""What people type, made whole: one normal form for each text, and a kind refusal for what can't have one.

Every function takes what the browser sent and gives the clean text, or raises ValidationError with a
sentence that says what to do. Nothing is escaped here: templates do that where the text is shown.
"""

import re
import unicodedata
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pledges import mailbox, regions

NAME = 100
ORGANISATION = 150
WEBSITE = 200
ADDRESS = 400
MESSAGE = 5000
ADDRESS_LINE = 60  # seven of them, in any script, fit into a sealed record
FEWEST_ADDRESS_LINES, MOST_ADDRESS_LINES = 3, 7

SPACES = re.compile("[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
# Left behind by copying: soft hyphen, direction marks, zero-width space, word joiner, byte order mark.
LEFT_BEHIND = dict.fromkeys(map(ord, "\u00ad\u200b\u200e\u200f\u061c\u2060\ufeff"))
# Controls, formats (bidi overrides among them), surrogates, private, unassigned, line and paragraph ends.
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Letters to a computer, blank to a reader: a broken byte, braille blank, Hangul fillers, Khmer vowels.
BLANK = frozenset("\ufffd\u2800\u115f\u1160\u3164\uffa0\u17b4\u17b5")
# Formats that Persian and Indic names are spelt with: the non-joiner and the joiner.
JOINERS = frozenset("\u200c\u200d")
MOST_MARKS = 5  # on one letter; no living script needs more

LINK = re.compile(r"[@/\\]|\bwww\b|[.。]\w\w|(?:\d\W{0,2}){6}", re.IGNORECASE)
ORGANISATION_LINK = re.compile(r"@|://|\bwww\.", re.IGNORECASE)
POSTCODE = re.compile(r"([A-Z]{1,2})([0-9][0-9A-Z]?)([0-9][ABD-HJLNP-UW-Z]{2})")
OUTWARD = re.compile(r"([A-Z]{1,2})[0-9][0-9A-Z]?")


def line(text: str, longest: int = NAME) -> str:
    """One line in NFC, its spaces plain and single, without anything a reader can't see."""
    if len(text) > 4 * longest:  # first, since NFC takes the square of the marks on a letter
        raise ValidationError(_too_long(longest))
    text = SPACES.sub(" ", unicodedata.normalize("NFC", text).translate(LEFT_BEHIND)).strip(" ")
    if len(text) > longest:
        raise ValidationError(_too_long(longest))
    if any(_is_unseen(letter) for letter in text) or _is_piled_up(text):
        raise ValidationError(_("There is a hidden or broken character in this. Please type it afresh."))
    if not any(letter.isalnum() for letter in text):
        raise ValidationError(_("Write this with letters, or leave it empty."))
    return text


def public_name(text: str) -> str:
    """A name that stands on a public page: it leads nowhere, whether by web, mail or telephone."""
    name = line(text)
    if LINK.search(unicodedata.normalize("NFKC", name)):
        raise ValidationError(
            _("A public name holds no link, address or number. Put a space after a dot, as in J. Smith.")
        )
    return name


def organisation_name(text: str) -> str:
    """What an organisation calls itself. Staff read it before anyone else, so "Example.org" may pass."""
    name = line(text, ORGANISATION)
    if ORGANISATION_LINK.search(unicodedata.normalize("NFKC", name)):
        raise ValidationError(_("Write the name alone. There is a field of its own for the website."))
    return name


def address_lines(text: str) -> str:
    """A postal address as on an envelope, name first: three to seven clean lines joined by newlines."""
    if len(text) > ADDRESS:
        raise ValidationError(_too_long(ADDRESS))
    lines = [part for part in text.splitlines() if part.strip()]
    if len(lines) < FEWEST_ADDRESS_LINES:
        raise ValidationError(
            _("Write the whole address, as on an envelope: your name, the street, the town, the postcode.")
        )
    if len(lines) > MOST_ADDRESS_LINES:
        raise ValidationError(
            ngettext(
                "Write the address in %(most)s line.",
                "Write the address in %(most)s lines at most.",
                MOST_ADDRESS_LINES,
            )
            % {"most": MOST_ADDRESS_LINES}
        )
    return "\n".join(line(part, ADDRESS_LINE) for part in lines)


def message(text: str, longest: int = MESSAGE) -> str:
    """Free text in NFC, of as many lines as it needs, without anything a reader can't see."""
    if len(text) > 4 * longest:
        raise ValidationError(_too_long(longest))
    normal = unicodedata.normalize("NFC", text).translate(LEFT_BEHIND).expandtabs(1)
    whole = "\n".join(SPACES.sub(" ", part).strip(" ") for part in normal.splitlines()).strip("\n")
    if len(whole) > longest:
        raise ValidationError(_too_long(longest))
    if any(_is_unseen(letter) for letter in whole if letter != "\n") or _is_piled_up(whole):
        raise ValidationError(_("There is a hidden or broken character in this. Please type it afresh."))
    return whole


def postcode(text: str) -> str:
    """A UK postcode in its one normal form, like "SW1P 2HR"."""
    squeezed = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text.strip()[:40]))).upper()
    whole = POSTCODE.fullmatch(squeezed)
    if whole and whole[1] in regions.AREAS:
        return f"{whole[1]}{whole[2]} {whole[3]}"
    half = OUTWARD.fullmatch(squeezed)
    if half and half[1] in regions.AREAS:
        raise ValidationError(
            _("“%(typed)s” is only the first half. Write all of it, like SW1P 2HR, or leave it empty.")
            % {"typed": squeezed}
        )
    raise ValidationError(
        _("This is not a UK postcode, like SW1P 2HR. If you live elsewhere, leave it empty.")
    )


def website(text: str) -> str:
    """A web address of http or https, its host in punycode, without password, port or fragment."""
    typed = line(text, WEBSITE)
    try:
        parts = urlsplit(typed if "://" in typed else f"https://{typed}")
        if (
            parts.scheme not in {"http", "https"}
            or "@" in parts.netloc
            or parts.port
            or {" ", "\\"} & set(typed)
        ):
            raise ValueError
        host = mailbox.domain(parts.hostname or "")
    except (ValueError, ValidationError):
        raise ValidationError(_("Write a web address like www.example.org, or leave it empty.")) from None
    address = iri_to_uri(parts._replace(netloc=host, fragment="").geturl())
    if len(address) > WEBSITE:
        raise ValidationError(_too_long(WEBSITE))
    return address


def _is_unseen(letter: str) -> bool:
    return letter in BLANK or (unicodedata.category(letter) in UNSEEN and letter not in JOINERS)


def _is_piled_up(text: str) -> bool:
    """Whether one letter bears so many marks that they run over the lines around it."""
    marks = "".join("m" if unicodedata.category(letter).startswith("M") else " " for letter in text)
    return any(len(pile) > MOST_MARKS for pile in marks.split())


def _too_long(longest: int) -> str:
    return _("This is too long. Please keep it to %(longest)s characters.") % {"longest": longest}
