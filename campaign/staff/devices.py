"""The second factors of a member of staff: an authenticator app (TOTP), passkeys, and ten recovery codes on paper."""

import base64
import hashlib
import logging
import secrets
import time

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django_otp.models import Device
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.util import random_hex
from django_otp_webauthn.models import WebAuthnCredential, WebAuthnUserHandle

from campaign.models import AuthenticatorApp
from campaign.staff.models import StaffUser
from pledges.crypto import encryption
from pledges.crypto.tokens import CODE_ALPHABET
from pledges.emails import queue
from pledges.inputs.email_address import mailbox
from pledges.models import QueuedEmail

log = logging.getLogger(__name__)
RECOVERY_CODES = 10
# scrypt's cost for each recovery code: 32 MB and about 0.3 s, as ASVS 5.0 (appendix C) asks.
SCRYPT = {"n": 2**15, "r": 8, "p": 3, "dklen": 8, "maxmem": 2**26}


def factors(user: StaffUser) -> int:
    """Returns how many apps and passkeys the user has. Recovery codes are not counted."""
    return (
        AuthenticatorApp.objects.filter(user=user, confirmed=True).count()
        + WebAuthnCredential.objects.filter(user=user, confirmed=True).count()
    )


def has_factor(user: StaffUser) -> bool:
    """Whether the user has set up a second factor."""
    return factors(user) > 0


def device_of_code(user: StaffUser, typed: str) -> Device | None:
    """Returns the app or the sheet of recovery codes that this code belongs to, or None.

    Each code works once. After a wrong one the library delays the next try.
    """
    code = typed.upper().replace(" ", "").replace("-", "")
    with transaction.atomic():
        if code.isascii() and code.isdigit():
            apps = AuthenticatorApp.objects.select_for_update().filter(user=user, confirmed=True)
            return next((app for app in apps if _is_code_of(app, code)), None)
        papers = StaticDevice.objects.select_for_update().filter(user=user, confirmed=True)
        return next((paper for paper in papers if _is_recovery_code(paper, code)), None)


def new_app(user: StaffUser, key: str) -> AuthenticatorApp:
    """Returns an app with this key (see `new_key`). It is not saved until it has shown a right code."""
    return AuthenticatorApp(user=user, name="app", encrypted_key=key.encode())


def new_key() -> str:
    """Returns a random key for an app, encrypted, because it is stored in a session until the app is set up."""
    return encryption.encrypt(random_hex(20)).decode()


def secret(app: AuthenticatorApp) -> str:
    """Returns the app's key in base32, in groups of four, to type into an app that can't scan the QR code."""
    text = base64.b32encode(app.bin_key).decode().rstrip("=")
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def activate_app(user: StaffUser, app: AuthenticatorApp, typed: str) -> list[str] | None:
    """Makes `app` the user's only app if `typed` is its code, and ends the user's other sessions.

    Returns ten new recovery codes, or None if the code is wrong.
    """
    code, clock = typed.replace(" ", ""), TOTP(app.bin_key)
    clock.time = time.time()
    if not (code.isascii() and code.isdigit() and clock.verify(int(code), tolerance=1)):
        return None
    with transaction.atomic():
        AuthenticatorApp.objects.filter(user=user).delete()
        app.last_t, app.drift = clock.t(), clock.drift  # so that no code works twice
        app.save()
        _changed(user)
        return recovery_codes(user)


def factor_name(device: Device) -> str:
    """Returns the word for a device in the log."""
    if isinstance(device, StaticDevice):
        return "recovery code"
    return "app" if isinstance(device, AuthenticatorApp) else "passkey"


def recovery_codes(user: StaffUser) -> list[str]:
    """Makes ten new recovery codes, which replace the earlier ones, and returns them; only slow hashes are stored."""
    codes = ["".join(secrets.choice(CODE_ALPHABET) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    with transaction.atomic():
        StaticDevice.objects.filter(user=user).delete()
        sheet = StaticDevice.objects.create(user=user, name="paper")
        hashed = [StaticToken(device=sheet, token=_hashed(sheet, code, settings.SECRET_KEY)) for code in codes]
        StaticToken.objects.bulk_create(hashed)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def codes_left(user: StaffUser) -> int:
    """How many recovery codes the user has not used yet."""
    return StaticToken.objects.filter(device__user=user).count()


def passkey_added(user: StaffUser) -> list[str]:
    """Ends the user's other sessions; returns ten recovery codes if the user had none, as with a first factor."""
    with transaction.atomic():
        _changed(user)
        return [] if codes_left(user) else recovery_codes(user)


def remove(user: StaffUser, device: Device) -> bool:
    """Removes an app or a passkey and ends the user's other sessions; returns False if it is their only factor."""
    with transaction.atomic():
        StaffUser.objects.select_for_update().get(pk=user.pk)  # if two are removed at once, the second waits
        if factors(user) < 2:
            return False
        device.delete()
        _changed(user)
    return True


def reset(user: StaffUser) -> None:
    """Removes every factor and all recovery codes, and ends every session: the next sign-in sets up a new factor."""
    with transaction.atomic():
        for model in (AuthenticatorApp, StaticDevice, WebAuthnCredential, WebAuthnUserHandle):
            model.objects.filter(user=user).delete()
        _end_sessions(user)


def tell_owner(user: StaffUser) -> None:
    """Queues an email to the owner: an app, a passkey or the recovery codes changed."""
    queue.add(QueuedEmail.Kind.FACTOR_CHANGED, user.ref, mailbox(user.email), timezone.now())


def _is_code_of(app: AuthenticatorApp, code: str) -> bool:
    try:
        return app.verify_token(code)
    except encryption.DecryptionError:
        log.error("no server key decrypts the key of an app: its owner needs a reset of the second factor")
        return False


def _is_recovery_code(sheet: StaticDevice, code: str) -> bool:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    found = sheet.token_set.filter(token__in=[_hashed(sheet, code, key) for key in keys]).first()
    return sheet.verify_token(found.token if found else "")


def _hashed(sheet: StaticDevice, code: str, key: str) -> str:
    """Returns a slow hash of a recovery code: scrypt, with a salt from the server key and the sheet, which is new for
    each ten codes.
    """
    salt = salted_hmac("campaign.staff.devices", str(sheet.pk), secret=key, algorithm="sha256").digest()
    return hashlib.scrypt(code.encode(), salt=salt, **SCRYPT).hex()


def _changed(user: StaffUser) -> None:
    """Ends the user's sessions, and tells the owner by email."""
    _end_sessions(user)
    tell_owner(user)


def _end_sessions(user: StaffUser) -> None:
    StaffUser.objects.filter(pk=user.pk).update(session_version=F("session_version") + 1)
    user.refresh_from_db(fields=["session_version"])
