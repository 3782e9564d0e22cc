"""README.md and the guides name every setting, and their links lead somewhere."""

import re
from pathlib import Path

import pytest
from django.conf import settings

READING = re.compile(r"""(?:env\.\w+|env\.db_url|environ\.get)\(\s*["']([A-Z_]+)["']""")
LINK = re.compile(r"\]\(([^)#:]*)(#[^)]+)?\)")


def texts() -> list[Path]:
    return [*settings.BASE_DIR.glob("*.md"), *(settings.BASE_DIR / "docs").rglob("*.md")]


def anchors(text: Path) -> set[str]:
    """The ids that GitHub gives the headings of a Markdown file."""
    headings = re.findall(r"^#+ (.+)$", text.read_text(), re.MULTILINE)
    return {"#" + re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


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
    broken = []
    for path, anchor in LINK.findall(text.read_text()):
        target = text.parent / path if path else text
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            broken.append(path + anchor)
    assert broken == []
