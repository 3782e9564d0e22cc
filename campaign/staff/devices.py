"""A member of staff's second factor: an app that makes codes, and ten recovery codes on paper."""

import base64
import logging
import secrets
import time

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.crypto import salted_hmac
from django_otp.models import Device
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.util import random_hex

from campaign.models import AuthenticatorApp
from campaign.staff.models import StaffUser
from pledges.crypto import encryption
from pledges.crypto.tokens import CODE_ALPHABET

log = logging.getLogger(__name__)
RECOVERY_CODES = 10


def has_factor(user: StaffUser) -> bool:
    return AuthenticatorApp.objects.filter(user=user, confirmed=True).exists()


def proved(user: StaffUser, typed: str) -> Device | None:
    """The device that `typed` is a code of; each code works once, and wrong ones make the next try wait."""
    code = typed.upper().replace(" ", "").replace("-", "")
    with transaction.atomic():
        if code.isascii() and code.isdigit():
            apps = AuthenticatorApp.objects.select_for_update().filter(user=user, confirmed=True)
            return next((app for app in apps if _shows(app, code)), None)
        papers = StaticDevice.objects.select_for_update().filter(user=user, confirmed=True)
        return next((paper for paper in papers if _takes(paper, code)), None)


def new_app(user: StaffUser, key: str) -> AuthenticatorApp:
    """The app that is being set up with this key (see `new_key`); no row before it has made a code."""
    return AuthenticatorApp(user=user, name="app", encrypted_key=key.encode())


def new_key() -> str:
    """A key, locked from the first: it waits in a session, which anybody with the database could read."""
    return encryption.lock(random_hex(20)).decode()


def secret(app: AuthenticatorApp) -> str:
    """What is typed into the app where no picture can be taken, in groups of four."""
    text = base64.b32encode(app.bin_key).decode().rstrip("=")
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def finish(user: StaffUser, app: AuthenticatorApp, typed: str) -> list[str] | None:
    """Makes `app` the only one if `typed` is its code; returns fresh recovery codes. Older sessions end."""
    code, clock = typed.replace(" ", ""), TOTP(app.bin_key)
    clock.time = time.time()
    if not (code.isascii() and code.isdigit() and clock.verify(int(code), tolerance=1)):
        return None
    with transaction.atomic():
        AuthenticatorApp.objects.filter(user=user).delete()
        app.last_t, app.drift = clock.t(), clock.drift  # no code twice
        app.save()
        _end_sessions(user)
        return recovery_codes(user)


def recovery_codes(user: StaffUser) -> list[str]:
    """Ten new ones, in the place of those before; only a keyed hash of each is kept."""
    codes = ["".join(secrets.choice(CODE_ALPHABET) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    with transaction.atomic():
        StaticDevice.objects.filter(user=user).delete()
        paper = StaticDevice.objects.create(user=user, name="paper")
        kept = [StaticToken(device=paper, token=_kept(code, settings.SECRET_KEY)) for code in codes]
        StaticToken.objects.bulk_create(kept)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def codes_left(user: StaffUser) -> int:
    return StaticToken.objects.filter(device__user=user).count()


def reset(user: StaffUser) -> None:
    """Takes the factor away: the next sign-in sets up a new one. Every session ends."""
    with transaction.atomic():
        AuthenticatorApp.objects.filter(user=user).delete()
        StaticDevice.objects.filter(user=user).delete()
        _end_sessions(user)


def _shows(app: AuthenticatorApp, code: str) -> bool:
    try:
        return app.verify_token(code)
    except encryption.DecryptionError:
        log.error("no key opens the key of an app: `reset_second_factor` lets its owner set up another")
        return False


def _takes(paper: StaticDevice, code: str) -> bool:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    kept = paper.token_set.filter(token__in=[_kept(code, key) for key in keys]).first()
    return paper.verify_token(kept.token if kept else "")


def _kept(code: str, key: str) -> str:
    return salted_hmac("campaign.staff.devices", code, secret=key, algorithm="sha256").hexdigest()[:16]


def _end_sessions(user: StaffUser) -> None:
    StaffUser.objects.filter(pk=user.pk).update(session_version=F("session_version") + 1)
    user.refresh_from_db(fields=["session_version"])
