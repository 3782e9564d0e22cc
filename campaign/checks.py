"""System checks of the settings: what must be right before the site starts. Each has an id and a hint.

`manage.py` runs them before every command, and gunicorn before it serves (campaign.wsgi).
"""

import re
from collections.abc import Callable, Iterator
from datetime import date
from email.utils import parseaddr
from urllib.parse import urlsplit

import pyrage
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import OperationalError, connections
from django.db.backends.postgresql.base import DatabaseWrapper
from django.http.request import split_domain_port, validate_host

SHORTEST_KEY = 32
MOST_PROXIES = 5
EXAMPLE_HOST = re.compile(r"(^|[@./])example\.(org|com|net)\b")
OLDEST_POSTGRESQL = 15
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
# Email backends that lose emails, or write them where others could read them.
NO_MAIL = {f"django.core.mail.backends.{kind}.EmailBackend" for kind in ("console", "dummy", "filebased", "locmem")}
Found = Iterator[CheckMessage]


def check(*tags: str) -> Callable:
    """Registers a generator of messages as one system check."""

    def decorate(generator: Callable[..., Found]) -> Callable[..., Found]:
        register(lambda **kwargs: list(generator(**kwargs)), *(tags or ["campaign"]))
        return generator

    return decorate


@check()
def keys(**kwargs) -> Found:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if not settings.DIGEST_KEYS:
        yield Error("DIGEST_KEYS is empty.", hint="Without it there are no digests.", id="campaign.E001")
    for name, values in {"SECRET_KEY": secrets, "DIGEST_KEYS": settings.DIGEST_KEYS}.items():
        if any(len(key) < SHORTEST_KEY or key != key.strip() for key in values):
            hint = f"Each key has {SHORTEST_KEY} characters or more, and commas without spaces between."
            yield Error(
                f"{name} holds a key that is too short or has a space at its end.", hint=hint, id="campaign.E002"
            )
    if len({*secrets, *settings.DIGEST_KEYS}) < len(secrets) + len(settings.DIGEST_KEYS):
        yield Error(
            "Two keys of SECRET_KEY and DIGEST_KEYS are equal.", hint="Generate each separately.", id="campaign.E003"
        )


@check()
def public_keys(**kwargs) -> Found:
    if not settings.CAMPAIGN_PUBLIC_KEYS:
        yield Error("CAMPAIGN_PUBLIC_KEYS is empty.", hint="See “Keys” in README.md.", id="campaign.E004")
    elif len(set(settings.CAMPAIGN_PUBLIC_KEYS)) < 2 and not settings.DEBUG:
        yield Warning("CAMPAIGN_PUBLIC_KEYS has one holder: one lost key loses every contact.", id="campaign.W001")
    for name in ("CAMPAIGN_PUBLIC_KEYS", "BACKUP_PUBLIC_KEYS"):
        if not all(map(_is_recipient, getattr(settings, name))):
            yield Error(f"{name} holds what is no age public key.", hint="They begin with “age1”.", id="campaign.E005")


@check()
def origin(**kwargs) -> Found:
    parts = urlsplit(settings.SITE_ORIGIN)
    if f"{parts.scheme}://{parts.netloc}" != settings.SITE_ORIGIN or not parts.hostname or "@" in parts.netloc:
        yield Error("SITE_ORIGIN is no origin.", hint="Like https://pledge.example.org, no more.", id="campaign.E006")
    elif not validate_host(split_domain_port(parts.netloc)[0], settings.ALLOWED_HOSTS):
        yield Error("The host of SITE_ORIGIN is not in ALLOWED_HOSTS.", id="campaign.E007")
    if not settings.DEBUG and parts.scheme != "https":
        yield Error("SITE_ORIGIN is not https.", id="campaign.E008")
    if not settings.DEBUG and "*" in settings.ALLOWED_HOSTS:
        yield Error("ALLOWED_HOSTS lets any host in.", hint="Name the site's hosts.", id="campaign.E009")
    if settings.DEBUG and parts.hostname not in LOOPBACK:
        yield Error(
            "DEBUG is on and SITE_ORIGIN is not this machine.", hint="DEBUG is for the demo.", id="campaign.E010"
        )


@check()
def campaign(**kwargs) -> Found:
    if settings.TRUSTED_PROXIES < 0:
        yield Error("TRUSTED_PROXIES is negative.", hint="0 where clients connect directly.", id="campaign.E011")
    try:
        date.fromisoformat(settings.CAMPAIGN_ENDS)
    except ValueError:
        yield Error("CAMPAIGN_ENDS is no date.", hint="Like 2028-12-31.", id="campaign.E012")
    if settings.EMAILS_A_MINUTE < 1:
        yield Error(
            "EMAILS_A_MINUTE is less than one: no email would be sent.",
            hint="As many as your mail provider takes, see docs/launch-day.md.",
            id="campaign.E028",
        )
    if settings.KEEP_CONTACT_MONTHS < 1:
        yield Error("KEEP_CONTACT_MONTHS is less than one.", id="campaign.E013")


@check()
def processors(**kwargs) -> Found:
    """Checks that PROCESSORS is set: data protection law requires the privacy pages to name them."""
    if not settings.DEBUG and not settings.PROCESSORS:
        yield Warning(
            "PROCESSORS is empty: the privacy pages don't say who runs the server and who sends the emails.",
            hint="Like Example Hosting Ltd: runs the server; Example Mail Ltd: sends the emails.",
            id="campaign.W003",
        )
    if not all([*settings.PROCESSORS, *settings.PROCESSORS.values()]):
        yield Error(
            "PROCESSORS is not written as it should be.", hint="Like Name: what; Name: what.", id="campaign.E020"
        )


@check()
def mail(**kwargs) -> Found:
    try:
        validate_email(parseaddr(settings.DEFAULT_FROM_EMAIL)[1])
    except ValidationError:
        yield Error("DEFAULT_FROM_EMAIL is no address.", hint="Like Name <name@example.org>.", id="campaign.E014")
    try:
        validate_email(settings.CONTROLLER["email"])
    except ValidationError:
        yield Error("CONTROLLER_EMAIL is no address.", hint="Complaints are sent there.", id="campaign.E021")
    if settings.EMAIL_BACKEND in NO_MAIL and not settings.DEBUG:
        yield Error("EMAIL_URL sends no emails.", hint="Like smtp+tls://user:password@host:587.", id="campaign.E015")


@register(deploy=True)
def examples(**kwargs) -> list[CheckMessage]:
    """Refuses the placeholder values of deploy/site.env.example."""
    hosts = {
        "SITE_ORIGIN": settings.SITE_ORIGIN,
        "EMAIL_URL": settings.EMAIL_HOST,
        "DEFAULT_FROM_EMAIL": parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        "CONTROLLER_EMAIL": settings.CONTROLLER["email"],
        "OPERATOR_EMAIL": settings.OPERATOR_EMAIL,
    }
    found = [name for name, value in hosts.items() if EXAMPLE_HOST.search(value or "")]  # a demo has no mail server
    if any("example" in processor.lower() for processor in settings.PROCESSORS):
        found.append("PROCESSORS")
    return [
        Error(f"{name} still has the value of the example.", hint="Write your own there.", id="campaign.E122")
        for name in found
    ]


@register(deploy=True)
def connections_in_clear(**kwargs) -> list[CheckMessage]:
    """Checks that connections to other machines are encrypted."""
    found: list[CheckMessage] = []
    if settings.EMAIL_HOST not in LOOPBACK and not (settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL):
        hint = "smtp+tls:// (port 587) or smtp+ssl:// (port 465)."
        found.append(Error("EMAIL_URL sends emails in clear to another machine.", hint=hint, id="campaign.E123"))
    database = settings.DATABASES["default"]
    host, mode = database.get("HOST") or "", database.get("OPTIONS", {}).get("sslmode", "")
    # A name without a dot is that of a container beside the site's own.
    is_remote = ("." in host or ":" in host) and not host.startswith("/") and host not in LOOPBACK
    if is_remote and mode not in ("require", "verify-ca", "verify-full"):
        hint = "Add ?sslmode=verify-full to it, or sslmode=require."
        found.append(Error("DATABASE_URL is on another machine, without sslmode.", hint=hint, id="campaign.E124"))
    return found


@register(deploy=True)
def proxies(**kwargs) -> list[CheckMessage]:
    """Checks that TRUSTED_PROXIES is between 1 and 5: nginx is always in front of the site (campaign.gunicorn_config),
    and more than five proxies are a mistake.
    """
    if 1 <= settings.TRUSTED_PROXIES <= MOST_PROXIES:
        return []
    hint = "1 behind deploy/nginx.conf; one more for each proxy of your own before that."
    return [Error(f"TRUSTED_PROXIES can't be {settings.TRUSTED_PROXIES}.", hint=hint, id="campaign.E125")]


@check(Tags.database)
def database(databases: list[str] | None = None, **kwargs) -> Found:
    """Checks that the database is PostgreSQL and new enough, if a command asks for its database; a server that does not
    answer passes.
    """
    for alias in databases or []:
        connection = connections[alias]
        if not isinstance(connection, DatabaseWrapper):
            yield Error("DATABASE_URL is not PostgreSQL.", id="campaign.E016")
            continue
        try:
            with connection.cursor():
                version = connection.pg_version // 10000
        except OperationalError:
            continue
        if version < OLDEST_POSTGRESQL:
            yield Error(f"PostgreSQL {version} is older than {OLDEST_POSTGRESQL}.", id="campaign.E017")


def _is_recipient(key: str) -> bool:
    try:
        pyrage.x25519.Recipient.from_str(key)
    except pyrage.RecipientError:
        return False
    return True
