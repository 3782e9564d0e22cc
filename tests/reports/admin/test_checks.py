"""Editors see what was not checked for long, and note that nothing has changed."""

import datetime

from django.contrib.admin.models import LogEntry
from django.urls import reverse

from reports.models import Recommendation
from tests import staff_accounts


def test_staff_see_what_was_not_checked_for_90_days(client, editor, schools, today):
    address = reverse("admin:reports_recommendation_changelist") + "?checked=overdue"
    for days, seen in ((None, 1), (91, 1), (90, 0)):
        checked_on = today - datetime.timedelta(days=days) if days else None
        Recommendation.objects.update(checked_on=checked_on)
        assert len(client.get(address).context["cl"].result_list) == seen


def test_the_staff_area_tells_editors_how_many_that_are(client, editor, schools, today):
    leads_on = reverse("admin:reports_recommendation_changelist") + "?checked=overdue"
    assert leads_on in client.get(reverse("admin:index")).content.decode()
    Recommendation.objects.update(checked_on=today)
    assert leads_on not in client.get(reverse("admin:index")).content.decode()


def test_staff_note_that_nothing_has_changed(client, editor, schools, today):
    action = {"action": "checked_today", "_selected_action": [schools.pk]}
    client.post(reverse("admin:reports_recommendation_changelist"), action)
    schools.refresh_from_db()
    assert (schools.checked_on, schools.history.first().history_user) == (today, editor)
    assert LogEntry.objects.get().change_message == "Checked: nothing has changed."


def test_staff_who_may_only_read_can_not_preview_or_check(client, schools):
    staff_accounts.sign_in(client, staff_accounts.staff("vera@example.org", "view_recommendation"))
    preview = f"{reverse('admin:reports_recommendation_preview')}?of={schools.pk}"
    assert client.post(preview, {}).status_code == 403
    client.post(
        reverse("admin:reports_recommendation_changelist"),
        {"action": "checked_today", "_selected_action": [schools.pk]},
    )
    schools.refresh_from_db()
    assert schools.checked_on is None
