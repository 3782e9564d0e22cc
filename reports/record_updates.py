"""Follow a recommendation: record what happened, and with it where the recommendation stands.

The only writer of updates, of a recommendation's `status`, `status_note` and `checked_on`.
"""

import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from reports.models import Recommendation, Status, Update


@transaction.atomic
def record(update: Update, *, by: AbstractBaseUser | None = None, checked_on: datetime.date) -> Update:
    """Write a new, unsaved update and bring its recommendation's status into line.

    Raises ValidationError where it moves a status from before the report, or corrects what it can't.
    """
    recommendation = Recommendation.objects.select_for_update().get(pk=update.recommendation_id)
    update.clean()
    update.recorded_by = by  # type: ignore[assignment]
    update.save(force_insert=True)
    status, note = recommendation.status, recommendation.status_note = standing_of(recommendation)
    Recommendation.objects.filter(pk=recommendation.pk).update(status=status, status_note=note)
    check(recommendation, checked_on, by=by)
    return update


def check(recommendation: Recommendation, on: datetime.date, *, by: AbstractBaseUser | None = None) -> None:
    """Note that the campaign looked at it on that day, whether or not anything had changed."""
    recommendation.checked_on = max(on, recommendation.checked_on or on)
    recommendation._history_user = by  # type: ignore[attr-defined]  # the name under which the history library looks for it
    recommendation.save(update_fields=["checked_on", "changed_at"])


def standing_of(recommendation: Recommendation) -> tuple[str, str]:
    """The status, and its note, of the latest update that is not corrected; without one, not met."""
    told = recommendation.updates.standing().exclude(status_after="").newest_first().first()
    return (told.status_after, told.status_note) if told else (Status.NOT_MET, "")
