"""Records, edits and deletes updates, and changes the status of their recommendation to match.

It is the only module that writes updates, and `status`, `status_note` and `checked_on` of recommendations.
"""

import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from reports.models import Recommendation, Status, Update


@transaction.atomic
def record(update: Update, *, by: AbstractBaseUser | None = None, checked_on: datetime.date) -> Update:
    """Saves a new update and the status that follows from it. Raises ValidationError where `Update.clean` does."""
    recommendation = _locked(update)
    update.clean()
    update.recorded_by = by  # type: ignore[assignment]
    update.save(force_insert=True)
    _renew_status(recommendation, checked_on, by)
    return update


@transaction.atomic
def edit(update: Update, *, by: AbstractBaseUser | None = None, checked_on: datetime.date) -> Update:
    """Saves an update that was changed within its first hour. Raises ValidationError later."""
    recommendation = _locked(update)
    _refuse_late(update)
    update.clean()
    update.save(force_update=True)
    _renew_status(recommendation, checked_on, by)
    return update


@transaction.atomic
def delete_within_hour(update: Update, *, by: AbstractBaseUser | None = None, checked_on: datetime.date) -> None:
    """Deletes an update that is less than an hour old; raises ValidationError for an older one."""
    recommendation = _locked(update)
    _refuse_late(update)
    update.delete()
    _renew_status(recommendation, checked_on, by)


def _locked(update: Update) -> Recommendation:
    return Recommendation.objects.select_for_update().get(pk=update.recommendation_id)


def _refuse_late(update: Update) -> None:
    if not Update.objects.get(pk=update.pk).is_editable:
        raise ValidationError(_("Its first hour is over, or another update corrects it. Correct it by a new one."))


def _renew_status(recommendation: Recommendation, checked_on: datetime.date, by: AbstractBaseUser | None) -> None:
    status, note = recommendation.status, recommendation.status_note = latest_status(recommendation)
    Recommendation.objects.filter(pk=recommendation.pk).update(status=status, status_note=note)
    check(recommendation, checked_on, by=by)


def check(recommendation: Recommendation, on: datetime.date, *, by: AbstractBaseUser | None = None) -> None:
    """Stores that the campaign checked the recommendation on that day, whether or not anything had changed."""
    recommendation.checked_on = max(on, recommendation.checked_on or on)
    recommendation._history_user = by  # type: ignore[attr-defined]  # where django-simple-history looks for it
    recommendation.save(update_fields=["checked_on", "changed_at"])


def latest_status(recommendation: Recommendation) -> tuple[str, str]:
    """Returns the status and the note of the latest update that is not corrected; without one, "not met"."""
    latest = recommendation.updates.not_corrected().exclude(status_after="").newest_first().first()
    return (latest.status_after, latest.status_note) if latest else (Status.NOT_MET, "")
