"""One email address: how it is written to, and when two of them are the same mailbox."""

import unicodedata
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from email_validator import EmailNotValidError, validate_email

LONGEST = 254


@dataclass(frozen=True)
class Mailbox:
    """`address` is what was typed, its domain in punycode: letters go there.

    `identity` is what makes two addresses one mailbox, and so one signature: lower case, without a
    `+tag`. Dots stay, since most providers tell them apart.
    """

    address: str

    @property
    def identity(self) -> str:
        local, _at, domain = self.address.lower().rpartition("@")
        return f"{local.partition('+')[0] or local}@{domain}"


def mailbox(text: str) -> Mailbox:
    """The one mailbox that `text` names, judged by its form alone: no look-up, no letter.

    Raises ValidationError with a sentence that says what to mend.
    """
    text = text.strip()
    if len(text) > LONGEST:
        raise ValidationError(
            _("This address is too long. Check that it is one email address and nothing else.")
        )
    if any(mark in text for mark in ",;<>() ") or text.count("@") > 1:
        raise ValidationError(_("Write one email address and nothing beside it, like name@example.org."))
    local, at, domain = text.rpartition("@")
    if not (at and local):
        raise ValidationError(
            _("An email address has an @ in the middle. Write it whole, like name@example.org.")
        )
    if "." not in domain:
        raise ValidationError(_("The address has no ending. Write it whole, like name@example.org."))
    try:
        # What merely looks like Latin letters (full-width ones) is refused rather than guessed at.
        if unicodedata.normalize("NFKC", domain) != unicodedata.normalize("NFC", domain):
            raise EmailNotValidError
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError:
        raise ValidationError(
            _("We can’t write to this address. Check its spelling; it should look like name@example.org.")
        ) from None
    return Mailbox(str(found.ascii_email))


def domain(text: str) -> str:
    """A domain name in lower-case punycode, by the rules of an address; ValidationError if it is none."""
    return mailbox(f"x@{text}").address.removeprefix("x@")
