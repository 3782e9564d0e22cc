"""Email addresses: validation, and which addresses are the same mailbox."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from email_validator import EmailNotValidError, validate_email

from pledges.inputs import mistyped_addresses
from pledges.inputs.tidy import about_this, tidy

# What providers ignore: all domains of one are the same as its first, and these characters before the @ make no
# difference. Only providers that deliver all these spellings to one account and give none of them to anyone else: with
# a wrong entry two people would have one signature. At Microsoft, Yahoo, Fastmail and GMX dots make a difference.
_IGNORED = {
    "gmail.com googlemail.com": ".",
    "proton.me protonmail.com protonmail.ch pm.me": ".-_",
    "icloud.com me.com mac.com": "",
}
_PROVIDERS = {
    domain: (domains.split()[0], str.maketrans("", "", ignored))
    for domains, ignored in _IGNORED.items()
    for domain in domains.split()
}


@dataclass(frozen=True)
class Mailbox:
    """An email address. `address` is what was typed, with the domain in punycode: emails are sent to it.

    `identity` is the same for all spellings of one mailbox, which has one signature: lower case, without a `+tag`, and
    without what its provider ignores (`_IGNORED`).
    """

    address: str

    @property
    def identity(self) -> str:
        local, _at, domain = self.address.lower().rpartition("@")
        local = local.partition("+")[0] or local
        first_domain, removed = _PROVIDERS.get(domain, (domain, {}))
        return f"{local.translate(removed) or local}@{first_domain}"


def mailbox(text: str) -> Mailbox:
    """Parses an email address, without asking any server. Raises ValidationError with a sentence about what is
    wrong.
    """
    text = tidy(text)
    fault = mistyped_addresses.fault(text)
    if fault:
        raise about_this(fault)
    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError:
        raise ValidationError(
            _("We can’t send email to this address. An email address looks like name@example.org.")
        ) from None
    return Mailbox(str(found.ascii_email))


def domain(text: str) -> str:
    """Returns a domain name in lower-case punycode; raises ValidationError if it is not valid in an email address."""
    return mailbox(f"x@{text}").address.removeprefix("x@")
