"""Collects what helps staff to decide about an organisation: from its application, from the database, and links to
registers.

None of it is proof: branches write from their parent's domain, small groups from a free mailbox, and anyone can
register a domain.
"""

import re
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from django.contrib.postgres.search import TrigramDistance
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from pledges.inputs import email_providers, lookalikes, organisation_names
from pledges.inputs.lookalikes import Lookalike
from pledges.models import Organisation, OrganisationDecision
from pledges.models.organisations import HOST, State
from pledges.organisations import applications

MOST = 6
# So many organisations are compared, those with the most similar names: somebody may send hundreds of names that
# resemble one.
COMPARED = 60
# Sites on which anyone can have a page, so that the domain does not show whose it is.
_PAGES = """facebook.com instagram.com linkedin.com twitter.com x.com tiktok.com youtube.com linktr.ee
    wordpress.com blogspot.com wixsite.com weebly.com squarespace.com webador.co.uk carrd.co
    sites.google.com github.io medium.com substack.com eventbrite.co.uk"""
SHARED = frozenset(_PAGES.split())
# Words, prices and web addresses of advertisements; each may also be part of a genuine name.
ADVERTISING = re.compile(
    r"[£$€]\s?\d[\d.,]*|\d+\s?% off|\b(?:buy|cheap(?:ly|est)?|discounts?|casino|betting|bitcoin|crypto|loans?"
    r"|best price|for sale|free trial|click|viagra|seo|order now|limited offer)\b"
    r"|\b[\w-]+\.(?:com|net|co\.uk|org\.uk|org|uk|shop|xyz|info|biz)\b",
    re.IGNORECASE,
)
# Public registers, and the URL of a search there; CCNI and OSCR have no URL with a name.
REGISTERS = (
    (
        _lazy("Charity Commission"),
        "https://register-of-charities.charitycommission.gov.uk/en/charity-search/-/results/page/1/delta/20"
        "/keywords/{}",
    ),
    ("Companies House", "https://find-and-update.company-information.service.gov.uk/search?q={}"),
    (_lazy("OSCR (Scotland)"), "https://www.oscr.org.uk/about-charities/search-the-register/"),
    (_lazy("CCNI (Northern Ireland)"), "https://www.charitycommissionni.org.uk/charity-search/"),
)


@dataclass(frozen=True)
class Neighbour:
    """Another organisation that may be the same one."""

    organisation: Organisation
    reasons: list[str]
    decision: OrganisationDecision | None
    has_same_name: bool = False

    @property
    def is_namesake_in_list(self) -> bool:
        return self.has_same_name and self.organisation.state == State.APPROVED


@dataclass(frozen=True)
class Evidence:
    domain_note: str
    in_name: list[Lookalike]
    in_host: list[Lookalike]
    host: str
    host_shown: str
    neighbours: list[Neighbour] = field(default_factory=list)
    advertising: list[str] = field(default_factory=list)  # words, prices and web addresses in the name
    registers: list[tuple[str, str]] = field(default_factory=list)  # name and address of each

    @property
    def is_clear(self) -> bool:
        """Whether nothing in it needs to be checked before the organisation is put into the list."""
        return not (self.in_name or self.in_host or self.neighbours or self.advertising)

    @property
    def in_list_already(self) -> list[Neighbour]:
        """Those that are in the list under the same name."""
        return [each for each in self.neighbours if each.is_namesake_in_list]


def gather(organisation: Organisation) -> Evidence:
    """Collects all that the page of an organisation shows; at most three queries."""
    who = applications.signer(organisation)
    host = _host(organisation.website)
    shown = lookalikes.host_shown(host)
    return Evidence(
        domain_note=_domain_note(who["email"] if who else "", host),
        in_name=lookalikes.found(organisation.name),
        in_host=lookalikes.found(shown),
        host=host,
        host_shown=shown,
        neighbours=_neighbours(organisation, host),
        advertising=_advertising(organisation.name, host),
        registers=[(str(name), address.format(quote(organisation.name, safe=""))) for name, address in REGISTERS],
    )


def _advertising(name: str, host: str) -> list[str]:
    """Words, prices and web addresses in a name, also the address of its own website under any ending."""
    found = ADVERTISING.findall(name)
    return [*found, host] if host and host in name.casefold() and host not in map(str.casefold, found) else found


def _domain_note(email: str, host: str) -> str:
    """A sentence that compares the work address with the website."""
    domain = email.rpartition("@")[2].lower()
    names = {"domain": domain, "host": host}
    if not domain:
        return ""
    if email_providers.is_free(email):
        return _("The address is a mailbox that anyone can open (%(domain)s).") % names
    if not host:
        return _("There is no website to compare the address with.")
    if _is_shared(host):
        return _("The website is on a site where anyone can have a page (%(host)s).") % names
    if _belongs(domain, host):
        return _("Address and website agree (%(domain)s). Anyone can register a domain: look at the website.") % names
    return _("The address (%(domain)s) is not on the website’s domain (%(host)s).") % names


def _neighbours(organisation: Organisation, host: str) -> list[Neighbour]:
    """Other organisations with the same name, domain or mailbox, and then those with the most similar names."""
    key = organisation_names.key(organisation.name)
    others = Organisation.objects.defer("contact").exclude(pk=organisation.pk)
    # By one column alone, so that PostgreSQL reads the nearest from the index; `is_alike` then compares exactly.
    named_alike = list(others.order_by(TrigramDistance("key", key))[:COMPARED])
    same_name = [other for other in named_alike if other.key == key]
    linked = others.alias(host=HOST).filter(_is_linked(organisation, host))[:COMPARED]
    compared = {other.pk: other for some in (same_name, linked, named_alike) for other in some}
    drawn = [(other, _reasons(organisation, key, other)) for other in compared.values()]
    found = [(other, reasons) for other, reasons in drawn if reasons][:MOST]
    latest = _latest_decisions([other for other, _reasons in found])
    return [Neighbour(other, reasons, latest.get(other.ref), other.key == key) for other, reasons in found]


def _is_linked(organisation: Organisation, host: str) -> Q:
    """The condition for organisations with the same mailbox or domain."""
    same_mailbox = Q(digest=organisation.digest) if organisation.digest else Q(pk__in=[])
    return same_mailbox | Q(host=host) if host and not _is_shared(host) else same_mailbox


def _latest_decisions(found: list[Organisation]) -> dict:
    decisions = OrganisationDecision.objects.filter(organisation_ref__in=[other.ref for other in found])
    return {decision.organisation_ref: decision for decision in decisions.order_by("pk")}


def _reasons(organisation: Organisation, key: str, other: Organisation) -> list[str]:
    reasons = []
    if other.key == key:
        reasons.append(_("same name"))
    elif organisation_names.is_alike(other.key, key):
        reasons.append(_("nearly the same name"))
    if is_one_website(organisation.website, other.website):
        reasons.append(_("same website"))
    if organisation.digest and other.digest and bytes(organisation.digest) == bytes(other.digest):
        reasons.append(_("same mailbox"))
    return reasons


def is_one_website(one: str, other: str) -> bool:
    """Whether two websites have the same domain, and it is not one on which anyone can have a page."""
    host = _host(one)
    return bool(host) and host == _host(other) and not _is_shared(host)


def _host(website: str) -> str:
    return (urlsplit(website).hostname or "").removeprefix("www.")


def _belongs(domain: str, host: str) -> bool:
    return domain == host or domain.endswith(f".{host}") or host.endswith(f".{domain}")


def _is_shared(host: str) -> bool:
    return host in SHARED or any(host.endswith(f".{shared}") for shared in SHARED)
