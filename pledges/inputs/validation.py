"""Validates and normalises what people type.

Each function takes the text that was sent and returns it in its normal form, or raises ValidationError with a sentence
that says what to do. Nothing is escaped here: templates escape.
"""

import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pledges.inputs import email_address, regions
from pledges.inputs.tidy import REORDERING, about_this, hidden_after, is_hidden, refuse_hidden, tidy

NAME = 100
ORGANISATION = 150
WEBSITE = 200
ADDRESS = 400
MESSAGE = 5000
ADDRESS_LINE = 60  # seven of them, in any script, fit into a sealed record
FEWEST_ADDRESS_LINES, MOST_ADDRESS_LINES = 3, 7

SPACES = re.compile("[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
MOST_MARKS = 5  # on one letter; no living script needs more

LINK = re.compile(r"[@/\\]|\bwww\b|[.。]\w\w|(?:\d\W{0,2}){6}", re.IGNORECASE)
ORGANISATION_LINK = re.compile(r"@|://|\bwww\.", re.IGNORECASE)
LONGEST_POSTCODE = 40
POSTCODE = re.compile(r"([A-Z]{1,2})([0-9][0-9A-Z]?)([0-9][ABD-HJLNP-UW-Z]{2})")
POSTCODE_SPACES = re.compile(r"[\s\-\u2010-\u2015\u2212]+|[.,;:]+$")
MISTYPED_DIGITS = str.maketrans("OIL", "011")
INWARD = re.compile(r"[0-9][ABD-HJLNP-UW-Z]{2}")
OUTWARD = re.compile(r"([A-Z]{1,2})[0-9][0-9A-Z]?")


def line(text: str, longest: int = NAME) -> str:
    """Returns one line in NFC, tidied, with single spaces; refuses invisible characters."""
    text = tidy(text)
    if len(text) > 4 * longest:  # first, because NFC takes quadratic time in the marks on a letter
        raise about_this(_too_long(longest))
    text = SPACES.sub(" ", unicodedata.normalize("NFC", text))
    if len(text) > longest:
        raise about_this(_too_long(longest))
    refuse_hidden(text)
    _refuse_piles(text)
    if not any(letter.isalnum() for letter in text):
        raise about_this(_("Enter a name with letters, or leave it empty."))
    return text


def public_name(text: str) -> str:
    """Returns a name for a public page; refuses a link, an address or a telephone number."""
    name = line(text)
    if LINK.search(unicodedata.normalize("NFKC", name)):
        raise ValidationError(
            _("A public name can’t contain a link, an address or a number. Put a space after a dot, as in J. Smith.")
        )
    return name


def organisation_name(text: str) -> str:
    """Returns the name of an organisation. Staff review it, so "Example.org" is allowed."""
    name = line(text, ORGANISATION)
    if ORGANISATION_LINK.search(unicodedata.normalize("NFKC", name)):
        raise ValidationError(_("Enter only the name. There is a separate field for the website."))
    return name


def address_lines(text: str) -> str:
    """Returns a postal address as on an envelope, name first: three to seven lines.

    If there are fewer lines, it is split at commas.
    """
    if len(text) > ADDRESS:
        raise about_this(_too_long(ADDRESS))
    lines = _parts(text.splitlines())
    if len(lines) < FEWEST_ADDRESS_LINES:
        by_commas = _parts(re.split("[\n,]", text))
        lines = by_commas if len(by_commas) <= MOST_ADDRESS_LINES else lines
    if len(lines) < FEWEST_ADDRESS_LINES:
        raise ValidationError(_too_few_lines(len(lines)))
    if len(lines) > MOST_ADDRESS_LINES:
        raise ValidationError(
            _("This has %(lines)s lines. Enter the address in at most %(most)s lines.")
            % {"lines": len(lines), "most": MOST_ADDRESS_LINES}
        )
    return "\n".join(_address_line(number, part) for number, part in enumerate(lines, 1))


def _parts(texts: Iterable[str]) -> list[str]:
    return [part for part in map(tidy, texts) if part]


def _too_few_lines(lines: int) -> str:
    said = ngettext(
        "This has %(lines)s line. An address needs at least three.",
        "This has %(lines)s lines. An address needs at least three.",
        lines,
    )
    how = _("Enter it as on an envelope: your name, then the number and street, then the town and postcode.")
    return f"{said % {'lines': lines}} {how}"


def _address_line(number: int, text: str) -> str:
    try:
        return line(text, ADDRESS_LINE)
    except ValidationError as error:
        where = _("Line %(number)s of the address:") % {"number": number}
        raise ValidationError([f"{where} {fault}" for fault in error.messages]) from None


def message(text: str, longest: int = MESSAGE) -> str:
    """Returns free text of several lines, in NFC.

    Zero-width characters are allowed, because emoji and many scripts need them. Characters that change the direction of
    text, and all other control characters, are refused.
    """
    if len(text) > 4 * longest:
        raise about_this(_too_long(longest))
    normal = unicodedata.normalize("NFC", text).expandtabs(1)
    whole = "\n".join(SPACES.sub(" ", tidy(part)) for part in normal.splitlines()).strip("\n")
    if len(whole) > longest:
        raise about_this(_too_long(longest))
    for place, letter in enumerate(whole):
        is_harmless = letter == "\n" or (unicodedata.category(letter) == "Cf" and letter not in REORDERING)
        if is_hidden(letter) and not is_harmless:
            raise about_this(hidden_after(whole[:place].rpartition("\n")[2]))
    _refuse_piles(whole)
    return whole


def postcode(text: str) -> str:
    """Returns a UK postcode in its normal form, like "SW1P 2HR".

    Case, full-width characters, spaces, hyphens, and dots or commas at the end make no difference. Any other character
    is refused with a message that names it.
    """
    typed = tidy(text)
    if len(typed) > LONGEST_POSTCODE:  # first, because NFKC takes quadratic time in the marks on a letter
        raise about_this(_more_than_a_postcode())
    squeezed = POSTCODE_SPACES.sub("", unicodedata.normalize("NFKC", typed)).upper()
    whole = POSTCODE.fullmatch(squeezed)
    if whole and whole[1] in regions.AREAS:
        return f"{whole[1]}{whole[2]} {whole[3]}"
    raise about_this(_postcode_fault(squeezed))


def _postcode_fault(typed: str) -> str:
    """Returns the error message for a text, without spaces and in capitals, that is not a postcode we can count."""
    if typed.startswith("BFPO"):
        return _("BFPO is a forces address and has no region. Leave the postcode empty.")
    strange = next((letter for letter in typed if not (letter.isascii() and letter.isalnum())), "")
    half, whole = OUTWARD.fullmatch(typed), POSTCODE.fullmatch(typed)
    area = whole or half
    if strange and is_hidden(strange):
        fault = hidden_after(typed.partition(strange)[0])
    elif strange:
        fault = _("“%(strange)s” can’t be used in a postcode. Enter it like SW1P 2HR.") % {"strange": strange}
    elif half and half[1] in regions.AREAS:
        fault = _("“%(half)s” is only the first half, which can be in two regions. Enter all of it, like SW1P 2HR.") % {
            "half": typed
        }
    elif INWARD.fullmatch(typed):
        fault = _("“%(half)s” is only the second half. Enter all of it, like SW1P 2HR.") % {"half": typed}
    elif area:
        fault = _("No UK postcode starts with “%(area)s”. Enter it like SW1P 2HR.") % {"area": area[1]}
    elif POSTCODE.fullmatch(corrected := typed[:-3] + typed[-3:-2].translate(MISTYPED_DIGITS) + typed[-2:]):
        fault = _("There is a letter where a number should be. Did you mean %(mended)s?") % {
            "mended": f"{corrected[:-3]} {corrected[-3:]}"
        }
    elif POSTCODE.match(typed):
        return _more_than_a_postcode()
    else:
        fault = _("“%(typed)s” does not look like a UK postcode, such as SW1P 2HR.") % {"typed": typed}
    return f"{fault} {_if_elsewhere()}"


def _more_than_a_postcode() -> str:
    return f"{_('There is more than one postcode here. Enter one, like SW1P 2HR.')} {_if_elsewhere()}"


def _if_elsewhere() -> str:
    return _("If you live outside the UK, leave it empty.")


def website(text: str) -> str:
    """A URL with http or https, the host in punycode, without password, port and fragment."""
    typed = line(text, WEBSITE)
    if " " in typed:
        raise ValidationError(_("A web address has no spaces. Enter only the address."))
    if "@" in typed and "/" not in typed:
        raise ValidationError(_("This is an email address. Enter the website, like www.example.org."))
    try:
        parts = urlsplit(typed if "://" in typed else f"https://{typed}")
        if parts.scheme not in {"http", "https"} or "@" in parts.netloc or parts.port or "\\" in typed:
            raise ValueError
        host = email_address.domain(parts.hostname or "")
    except (ValueError, ValidationError):
        raise ValidationError(_("Enter a web address like www.example.org, or leave it empty.")) from None
    address = iri_to_uri(parts._replace(netloc=host, fragment="").geturl())
    if len(address) > WEBSITE:
        raise about_this(_too_long(WEBSITE))
    return address


def _refuse_piles(text: str) -> None:
    """Raises ValidationError if a letter has so many combining marks that they cover the lines around it."""
    marks = "".join("m" if unicodedata.category(letter).startswith("M") else " " for letter in text)
    if any(len(pile) > MOST_MARKS for pile in marks.split()):
        raise about_this(_("A character in this has too many accents. Please type it again."))


def _too_long(longest: int) -> str:
    return _("This is too long. Use at most %(longest)s characters.") % {"longest": longest}
