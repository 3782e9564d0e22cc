"""The cleaned answers of forms, as plain values that views pass to services."""

from dataclasses import dataclass, field
from typing import NamedTuple

from pledges.inputs.email_address import Mailbox
from pledges.models import PledgeText


@dataclass(frozen=True)
class PersonAnswers:
    """The answers of the sign form.

    Name, occupation and postcode are empty unless `by_email` is true: nothing is derived from what is not to be stored,
    not even a hash.
    """

    mailbox: Mailbox
    pledge_text: PledgeText
    by_email: bool
    region: str = ""
    profession: str = ""
    name: str = ""
    occupation: str = ""
    postcode: str = ""
    is_trapped: bool = False  # the honeypot was filled in
    language: str = ""  # of the page; "" for English


@dataclass(frozen=True)
class OrganisationAnswers:
    """The answers of the organisation form; `mailbox` is the work address of the person who signs for it."""

    mailbox: Mailbox
    pledge_text: PledgeText
    name: str
    kind: str
    signer_name: str
    signer_role: str
    is_named: bool
    website: str = ""
    is_trapped: bool = False
    language: str = ""


@dataclass(frozen=True)
class ConfirmChoices:
    """The choices on the confirm page.

    `public_name` is empty if none is to be shown; `post` holds a postal address. `profession` is the chosen group,
    empty for none; None means that the group derived from the occupation stays.
    """

    public_name: str = ""
    post: dict[str, str] = field(default_factory=dict)
    profession: str | None = None


class Words(NamedTuple):
    """Why an organisation is declined, or what it is asked: a listed reason and a text that staff wrote, or one of
    them.
    """

    reason: str
    text: str = ""
