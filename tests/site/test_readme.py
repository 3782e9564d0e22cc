"""README.md and the guides name every setting, and their links lead somewhere."""

import re
from pathlib import Path

import pytest
from django.conf import settings

READING = re.compile(r"""(?:env\.\w+|env\.db_url|environ\.get)\(\s*["']([A-Z_]+)["']""")
LINK = re.compile(r"\]\(([^)#:]+)\)")


def texts() -> list[Path]:
    return [settings.BASE_DIR / "README.md", *(settings.BASE_DIR / "docs").rglob("*.md")]


def test_readme_names_every_setting():
    files = [
        settings.BASE_DIR / "campaign" / name
        for name in ("settings.py", "gunicorn_config.py", "embedded_postgres/programs.py")
    ]
    read = {name for file in files for name in READING.findall(file.read_text())}
    table = (settings.BASE_DIR / "README.md").read_text().replace("`_", "`CONTROLLER_")
    assert "DATABASE_URL" in read
    assert {name for name in read - {"PATH"} if f"`{name}`" not in table} == set()


@pytest.mark.parametrize("text", texts(), ids=lambda path: path.name)
def test_links_in_the_guides_lead_somewhere(text):
    assert [link for link in LINK.findall(text.read_text()) if not (text.parent / link).exists()] == []
