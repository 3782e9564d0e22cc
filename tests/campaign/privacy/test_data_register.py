"""The register of personal data declares every field, and its page shows the declarations."""

import html
import json
import re

import pytest
from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

from campaign.privacy import data_register
from campaign.staff.models import StaffUser
from pledges.models.data_register import Table


def test_every_stored_field_is_declared():
    assert list(data_register.undeclared()) == []


def test_a_field_without_a_declaration_is_found(monkeypatch):
    tables = [table for table in data_register.TABLES if table.model != "pledges.EmailBlock"]
    monkeypatch.setattr(data_register, "TABLES", tables)
    assert "pledges.EmailBlock.digest" in list(data_register.undeclared())


@isolate_apps("campaign")
def test_all_other_fields_never_covers_a_reference_to_a_person():
    class Note(models.Model):
        by = models.ForeignKey(StaffUser, models.PROTECT)
        text = models.TextField()

        class Meta:
            app_label = "campaign"

        def __str__(self):
            return self.text

    table = Table("campaign.Note", "", "", "", "", impersonal="*")
    covered = {field.name: data_register._covers(table, field) for field in Note._meta.concrete_fields}
    assert covered == {"id": True, "by": False, "text": True}


def test_every_declaration_names_an_existing_table_and_field():
    labels = {model._meta.label: model for model in apps.get_models(include_auto_created=True)}
    names = {label: {field.name for field in model._meta.concrete_fields} for label, model in labels.items()}
    for table in data_register.TABLES:
        if table.model in names:
            declared = " ".join([*table.uses, table.impersonal]).replace("*", "").split()
            assert set(declared) <= names[table.model], table.model
        else:
            assert table.model in apps.app_configs


@pytest.mark.parametrize("table", data_register.TABLES, ids=lambda table: table.model)
def test_every_use_has_purpose_legal_basis_readers_and_period(table):
    for fields, use in table.uses.items():
        assert all(data_register._use(table, fields, use).values()), (table.model, fields)


@pytest.mark.django_db
def test_the_page_names_every_use(client):
    page = html.unescape(client.get("/privacy/data/").content.decode())
    for table in data_register.TABLES:
        assert str(table.about) in page
        for use in table.uses.values():
            assert str(use.what) in page


@pytest.mark.django_db
def test_each_table_on_the_page_is_folded_and_has_rows(client):
    page = client.get("/privacy/data/").content.decode()
    folded = re.findall(r'<details class="more">.*?</details>', page, flags=re.S)
    assert len(folded) == page.count("<table") > 30
    assert [table for table in folded if '<th scope="row">' not in table] == []


@pytest.mark.django_db
def test_the_json_equals_the_page(client):
    answer = client.get("/privacy/data.json")
    assert answer["Cache-Control"].startswith("public")
    groups = json.loads(answer.content)["groups"]
    assert [table["table"] for group in groups for table in group["tables"]] == [
        table.model for table in data_register.TABLES
    ]
    [signature] = [table for table in groups[0]["tables"] if table["table"] == "pledges.Signature"]
    assert signature["personal"][0]["fields"] == ["digest"]
    assert signature["personal"][0]["legal_basis"].startswith("Your explicit consent")


@pytest.mark.django_db
def test_the_page_names_the_processors_and_the_controller(client, settings):
    settings.PROCESSORS = {"Example Hosting Ltd": "runs the server, in London"}
    page = client.get("/privacy/data/").content.decode()
    assert "Example Hosting Ltd" in page
    assert settings.CONTROLLER["ico"] in page
