"""Staff accounts. Supporters have no accounts."""

import unicodedata
import uuid

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _


def account_name(typed: str) -> str:
    """Returns what was typed in the normal form of account emails: NFKC, case folded, no spaces around.

    Accounts are stored, looked up and counted (campaign.staff.sign_in_limits) in this form, so that no other spelling
    of an account has a limit of its own.
    """
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", typed).casefold()).strip()


class StaffUserManager(BaseUserManager["StaffUser"]):
    def create_user(self, email: str, password: str | None = None, **fields) -> "StaffUser":
        user = self.model(email=account_name(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields) -> "StaffUser":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "StaffUser":
        return self.get(email=account_name(username or ""))


class StaffUser(AbstractBaseUser, PermissionsMixin):
    """A member of staff, who may enter the admin. Supporters have no accounts."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("email address"), unique=True)
    name = models.CharField(_("name"), max_length=100, blank=True)
    is_staff = models.BooleanField(_("may enter the admin"), default=True)
    is_active = models.BooleanField(_("active"), default=True, help_text=_("Staff are deactivated, never deleted."))
    session_version = models.PositiveIntegerField(
        default=0, editable=False, help_text="raised when the second factor changes: earlier sessions end"
    )
    notices_from = models.PositiveSmallIntegerField(
        _("email notices from"), null=True, blank=True, help_text=_("organisations that wait; empty: no emails")
    )
    noticed_on = models.DateField(null=True, editable=False, help_text="day of the last notice email")
    joined_at = models.DateTimeField(_("joined"), default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    objects = StaffUserManager()

    class Meta:
        verbose_name = _("member of staff")
        verbose_name_plural = _("staff")
        permissions = [
            ("view_log", _("Can see what staff did")),
            ("view_overview", _("Can see the overview")),
            ("view_totals", _("Can see exact totals on the overview")),
        ]

    def __str__(self) -> str:
        return self.get_short_name()

    @classmethod
    def normalize_username(cls, username: str) -> str:
        """Returns the form of the name that Django stores from forms that add or change an account."""
        return account_name(username)

    def get_short_name(self) -> str:
        return self.name or self.email

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Returns a hash that each session stores: a session ends when the password or a second factor changes."""
        bound = f"{self.password} {self.session_version}"
        return salted_hmac("staff.StaffUser.session", bound, secret=secret, algorithm="sha256").hexdigest()
