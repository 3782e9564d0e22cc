"""What people answered, cleaned: plain values that forms hand to verbs."""

from dataclasses import dataclass, field
from typing import NamedTuple

from pledges.inputs.email_address import Mailbox
from pledges.models import PledgeText


@dataclass(frozen=True)
class PersonAnswers:
    """The sign form. Name, occupation and postcode are empty unless `by_email` is yes: not even a digest is
    made of what is not to be kept.
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
    """The organisation's form; `mailbox` is the work address of who signs for it."""

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
    """The confirm page. `public_name` is empty where none is to be shown; `post` has the lines of an address.

    `profession` is the group chosen there, empty for none; None leaves the one made from the occupation.
    """

    public_name: str = ""
    post: dict[str, str] = field(default_factory=dict)
    profession: str | None = None


class Words(NamedTuple):
    """Why it is declined, or what it is asked: one of the list, and a text of staff's own."""

    reason: str
    text: str = ""
