import pytest
from django.contrib.auth.models import Group, Permission

from campaign.roles import ROLES

pytestmark = pytest.mark.django_db


def held(group: Group) -> set[str]:
    rows = group.permissions.select_related("content_type")
    return {f"{row.content_type.app_label}.{row.codename}" for row in rows}


def test_the_migrations_have_made_the_roles_as_the_code_says():
    assert {group.name: held(group) for group in Group.objects.all()} == {
        name: set(permissions) for name, permissions in ROLES.items()
    }


def test_no_role_may_delete_anything():
    assert not Permission.objects.filter(group__isnull=False, codename__startswith="delete_").exists()
