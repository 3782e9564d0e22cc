"""One email address: how it is written to, and when two of them are the same mailbox."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from email_validator import EmailNotValidError, validate_email

from pledges.inputs import mistyped_addresses
from pledges.inputs.tidy import tidy


@dataclass(frozen=True)
class _Folding:
    """What one provider ignores in an address: the first of its domains stands for all, and `ignored` characters
    left of the @ make no difference.
    """

    domains: str
    ignored: str = ""

    @property
    def removal(self) -> dict[int, None]:
        return dict.fromkeys(map(ord, self.ignored))


# Only where the provider delivers every such spelling to one account and gives none of them to somebody else:
# a wrong entry would make two people one signature. Microsoft, Yahoo, Fastmail and GMX tell dots apart.
_FOLDINGS = {
    domain: folding
    for folding in (
        _Folding("gmail.com googlemail.com", ignored="."),
        _Folding("proton.me protonmail.com protonmail.ch pm.me", ignored=".-_"),
        _Folding("icloud.com me.com mac.com"),
    )
    for domain in folding.domains.split()
}


@dataclass(frozen=True)
class Mailbox:
    """`address` is what was typed, its domain in punycode: letters go there.

    `identity` is what makes two addresses one mailbox, and so one signature: lower case, without a `+tag`.
    Dots and domains stay as they are, except at providers that are known to ignore them (`_FOLDINGS`).
    """

    address: str

    @property
    def identity(self) -> str:
        local, _at, domain = self.address.lower().rpartition("@")
        local = local.partition("+")[0] or local
        folding = _FOLDINGS.get(domain)
        if folding is None:
            return f"{local}@{domain}"
        return f"{local.translate(folding.removal) or local}@{folding.domains.split()[0]}"


def mailbox(text: str) -> Mailbox:
    """The one mailbox that `text` names, judged by its form alone: no look-up, no email.

    Raises ValidationError with a sentence that names the cause.
    """
    text = tidy(text)
    fault = mistyped_addresses.fault(text)
    if fault:
        raise ValidationError(fault)
    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError:
        raise ValidationError(
            _("We can’t send email to this address. An email address looks like name@example.org.")
        ) from None
    return Mailbox(str(found.ascii_email))


def domain(text: str) -> str:
    """A domain name in lower-case punycode, by the rules of an address; ValidationError if it is none."""
    return mailbox(f"x@{text}").address.removeprefix("x@")
