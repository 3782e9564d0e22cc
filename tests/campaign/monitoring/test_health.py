import pytest
from django.db import OperationalError
from django.db.migrations.recorder import MigrationRecorder


def test_healthz_answers_without_a_database(client):
    assert client.get("/healthz").content == b"ok"


@pytest.mark.django_db
def test_readyz_answers_ok_with_a_database(client):
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
@pytest.mark.usefixtures("as_owner")
def test_readyz_fails_while_a_migration_is_pending(client):
    MigrationRecorder.Migration.objects.filter(app="campaign").first().delete()
    assert (client.get("/readyz").status_code, client.get("/readyz").content) == (503, b"migrations are pending")


def test_readyz_fails_without_a_database_and_logs_why(client, monkeypatch, caplog):
    def down(*args):
        raise OperationalError("host=db.internal password=secret")

    monkeypatch.setattr(MigrationRecorder, "applied_migrations", down)
    found = client.get("/readyz")
    assert (found.status_code, found.content) == (503, b"the database does not answer")
    assert "not ready: the database does not answer" in caplog.text
