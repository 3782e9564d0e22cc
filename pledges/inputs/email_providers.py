"""Groups of mail providers: just enough to see if one of them refuses our emails."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Provider(models.TextChoices):
    GOOGLE = "google", _("Google")
    MICROSOFT = "microsoft", _("Microsoft")
    YAHOO = "yahoo", _("Yahoo and AOL")
    APPLE = "apple", _("Apple")
    BROADBAND = "broadband", _("Broadband companies")
    PRIVATE = "private", _("Proton and other small providers")
    PUBLIC = "public", _("Public services and universities")
    OTHER = "other", _("All others")


_DOMAINS = {
    Provider.GOOGLE: "gmail.com googlemail.com",
    Provider.MICROSOFT: """outlook.com hotmail.com hotmail.co.uk live.com live.co.uk msn.com outlook.co.uk
        windowslive.com""",
    Provider.YAHOO: "yahoo.com yahoo.co.uk ymail.com rocketmail.com aol.com aol.co.uk",
    Provider.APPLE: "icloud.com me.com mac.com",
    Provider.BROADBAND: """btinternet.com btopenworld.com talk21.com sky.com virginmedia.com ntlworld.com
        blueyonder.co.uk talktalk.net tiscali.co.uk plus.net plusnet.com""",
    Provider.PRIVATE: """proton.me protonmail.com pm.me tutanota.com tuta.com fastmail.com fastmail.co.uk
        gmx.com gmx.co.uk gmx.net mail.com zoho.com riseup.net posteo.net mailbox.org""",
}
_PROVIDERS = {domain: provider for provider, domains in _DOMAINS.items() for domain in domains.split()}
DOMAINS = frozenset(_PROVIDERS)
_PUBLIC_ENDINGS = ".nhs.net .nhs.uk .nhs.scot .ac.uk .sch.uk .gov.uk .gov.scot .gov.wales .police.uk"
_PUBLIC = tuple(_PUBLIC_ENDINGS.split())


def provider_of(address: str) -> Provider:
    """The group of the provider of this address."""
    domain = address.rpartition("@")[2].lower()
    if f".{domain}".endswith(_PUBLIC):
        return Provider.PUBLIC
    return _PROVIDERS.get(domain, Provider.OTHER)


def is_free(address: str) -> bool:
    """Whether anyone can get a mailbox at its domain, so that the domain proves nothing."""
    return address.rpartition("@")[2].lower() in _PROVIDERS
