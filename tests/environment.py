"""Sets the environment of the tests: production's settings, with keys made for this run."""

import os
import secrets

import pyrage

from campaign import translations

os.environ.pop("DEBUG", None)
for name, value in {
    "SECRET_KEY": secrets.token_urlsafe(48),
    "DIGEST_KEYS": f"{secrets.token_urlsafe(32)},{secrets.token_urlsafe(32)}",
    "CAMPAIGN_PUBLIC_KEYS": str(pyrage.x25519.Identity.generate().to_public()),
    "SITE_ORIGIN": "https://pledge.example.org",
    "ALLOWED_HOSTS": "pledge.example.org,testserver,localhost,127.0.0.1",
    "SECURE_SSL_REDIRECT": "false",
    "POSTGRES_FOLDER": "var/postgres-test",
    "POSTGRES_OPTIONS": "-c fsync=off -c synchronous_commit=off -c full_page_writes=off",
    "EMAIL_URL": "memorymail://",
    "CONTROLLER_EMAIL": "privacy@example.org",
    "DEFAULT_FROM_EMAIL": "Care Don't Share <pledge@example.org>",
}.items():
    os.environ[name] = value
translations.compile_all()
