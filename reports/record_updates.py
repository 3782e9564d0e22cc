"""Records, edits and takes back updates, and keeps the status of their recommendation in line.

The only writer of updates, of a recommendation's `status`, `status_note` and `checked_on`.
"""

import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from reports.models import Recommendation, Status, Update


@transaction.atomic
def record(update: Update, *, by: AbstractBaseUser | None = None, checked_on: datetime.date) -> Update:
    """Saves a new update and brings its recommendation's status into line.

    Raises ValidationError where it moves a status from before the report, or corrects what it can't.
    """
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
def take_back(update: Update, *, by: AbstractBaseUser | None = None, checked_on: datetime.date) -> None:
    """Deletes an update within its first hour. Raises ValidationError later."""
    recommendation = _locked(update)
    _refuse_late(update)
    update.delete()
    _renew_status(recommendation, checked_on, by)


def _locked(update: Update) -> Recommendation:
    return Recommendation.objects.select_for_update().get(pk=update.recommendation_id)


def _refuse_late(update: Update) -> None:
    if not Update.objects.get(pk=update.pk).is_editable:
        raise ValidationError(
            _("Its first hour is over, or another update corrects it. Correct it by a new one.")
        )


def _renew_status(
    recommendation: Recommendation, checked_on: datetime.date, by: AbstractBaseUser | None
) -> None:
    status, note = recommendation.status, recommendation.status_note = standing_of(recommendation)
    Recommendation.objects.filter(pk=recommendation.pk).update(status=status, status_note=note)
    check(recommendation, checked_on, by=by)


def check(recommendation: Recommendation, on: datetime.date, *, by: AbstractBaseUser | None = None) -> None:
    """Note that the campaign looked at it on that day, whether or not anything had changed."""
    recommendation.checked_on = max(on, recommendation.checked_on or on)
    recommendation._history_user = by  # type: ignore[attr-defined]  # the name under which the history library looks for it
    recommendation.save(update_fields=["checked_on", "changed_at"])


def standing_of(recommendation: Recommendation) -> tuple[str, str]:
    """The status, and its note, of the latest update that is not corrected; without one, not met."""
    told = recommendation.updates.standing().exclude(status_after="").newest_first().first()
    return (told.status_after, told.status_note) if told else (Status.NOT_MET, "")
