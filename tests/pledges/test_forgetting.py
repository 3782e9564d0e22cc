from datetime import timedelta

import pytest
from django.utils import timezone

from campaign.models import LimitCount, LimitSalt
from pledges import forgetting

pytestmark = pytest.mark.django_db


def test_h34_what_limits_know_of_clients_is_forgotten_after_two_days():
    now = timezone.now()
    LimitSalt.objects.create(day=(now - timedelta(hours=48)).date(), salt=b"salt")
    LimitCount.objects.create(key="ended", value=1, expires_at=now)
    assert forgetting.forget(now) == {"clients' counts and salts": 2}
    assert not LimitSalt.objects.exists()
    assert not LimitCount.objects.exists()
