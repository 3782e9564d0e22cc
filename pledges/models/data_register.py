"""What a declaration in the register of data uses says. Each app declares its tables beside its models."""

from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

# The grounds that the law gives us, and who can read what: the same few words wherever they hold.
CONSENT = _("Your explicit consent: UK GDPR, Articles 6(1)(a) and 9(2)(a)")
INTEREST = _("Our legitimate interest in counting only genuine signatures: UK GDPR, Article 6(1)(f)")
DUTY = _("Our duty to show that we keep to the law: UK GDPR, Articles 5(2), 6(1)(c) and 7(1)")
OBJECTION = _("Our duty to respect that you object: UK GDPR, Articles 6(1)(c) and 21")
COMPLAINTS = _(
    "Our duty to take complaints: Data Protection Act 2018, section 164A; UK GDPR, Article 6(1)(c)"
)
ACCOUNTABLE = _("Our legitimate interest in knowing who of our staff did what: UK GDPR, Article 6(1)(f)")

EVERYBODY = _("Anyone")
NOBODY = _("No one can read it back; the website can compare it with an address that someone types")
SAME_DAY = _("No one; the website can compare it with another address of the same day")
LOCKED = _("Only the website, with a key on its server")
SERVER = _("Only the website, which shows it to no one")
OWNER = _("Only the website, which shows it to you and to no one else")
HOLDERS = _("The two people who hold the campaign's keys, but not the website or its staff")
MODERATORS = _("Staff who moderate")
ADMINISTRATORS = _("Staff who administer the website")


@dataclass(frozen=True)
class Use:
    """Why one personal thing is stored. What is left empty is what its table says."""

    what: Text
    purpose: Text
    basis: Text = ""
    readers: Text = ""
    kept: Text = ""


@dataclass(frozen=True)
class Table:
    """The uses of one table's fields; a key names one field or several, with spaces between.

    `model` is a label like "pledges.QueuedEmail", or an app whose models are alike. `impersonal` names the fields
    that say nothing of anybody: numbers, links between rows, the state of our own work. "*" is all the others.
    """

    model: str
    about: Text
    basis: Text
    readers: Text
    kept: Text
    uses: dict[str, Use] = field(default_factory=dict)
    impersonal: str = ""
