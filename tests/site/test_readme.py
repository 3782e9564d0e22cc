"""What README.md and the guides say is so: settings, folders, paths and names exist, and links lead somewhere."""

import re
from pathlib import Path

import pytest
from django.conf import settings

READING = re.compile(r"""(?:env\.\w+|env\.db_url|environ\.get)\(\s*["']([A-Z_]+)["']""")
LINK = re.compile(r"\]\(([^)#:]*)(#[^)]+)?\)")
ROOT = settings.BASE_DIR
APPS = ["campaign", "pledges", "reports"]
README = (ROOT / "README.md").read_text()
GUIDES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "docs/architecture.md")]
PATH = re.compile(r"`((?:campaign|pledges|reports|tests|docs|deploy|templates|static|locale)/[\w./-]*)`")
FOLDERS = ["campaign", "pledges", "reports", "templates", "static", "tests", "docs", "deploy", "bench"]
NAMED_FILE = re.compile(rf"(?<![\w./{{-])(?:{'|'.join(FOLDERS)})/[\w/-]+\.(?:py|md|css|js|toml|conf)\b")
NAME_IN_FILE = re.compile(r"`(\w+)` (?:in|of) `([\w/]+/[\w.]+\.\w+)`")


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


def test_the_map_names_every_folder_of_the_apps_and_fits_one_screen():
    [map_] = re.findall(r"^## Map\n.*?```\n(.*?)```", README, re.M | re.S)
    explained = {"management", "migrations", "templatetags"}
    folders = {path.parent.name for app in APPS for path in (ROOT / app).glob("*/*.*")} - {"__pycache__"}
    assert {name for name in folders - explained if f" {name}/" not in map_} == set()
    assert len(map_.splitlines()) <= 40
    assert max(map(len, map_.splitlines())) <= 120


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_every_path_in_a_guide_exists(guide):
    assert [path for path in PATH.findall(guide.read_text()) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_file_that_a_comment_names_exists(folder):
    sources = [path for path in (ROOT / folder).rglob("*") if path.suffix in {".py", ".html", ".css", ".js", ".md"}]
    assert sources
    assert [(path.name, named) for path in sources for named in missing_files_in(path.read_text())] == []


def missing_files_in(text: str) -> list[str]:
    return [named for named in NAMED_FILE.findall(text) if not (ROOT / named).exists()]


def test_a_file_that_does_not_exist_is_found():
    assert missing_files_in("drawn by pledges/templatetags/charts" + ".py") != []


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_every_name_that_a_guide_places_in_a_file_is_there(guide):
    named = NAME_IN_FILE.findall(guide.read_text())
    assert [(name, path) for name, path in named if not re.search(rf"\b{name}\b", (ROOT / path).read_text())] == []


def is_in_code(name: str) -> bool:
    """Whether `Class`, `Class.field` or `folder.module.function` of the glossary exists."""
    code = "\n".join(path.read_text() for app in APPS for path in (ROOT / app).rglob("*.py"))
    first, *rest = name.split(".")
    if first[0].isupper():
        return all(re.search(rf"\b{part}\b", code) for part in rest) and f"class {first}(" in code
    parts = [first, *rest]
    for folder in (ROOT, ROOT / "pledges"):
        for end in range(len(parts), 0, -1):
            path = folder.joinpath(*parts[:end])
            source = path.with_suffix(".py")
            if path.is_dir() and end == len(parts):
                return True
            if source.exists():
                return all(re.search(rf"\b{part}\b", source.read_text()) for part in parts[end:])
    return False


def test_the_glossary_names_what_is_in_the_code():
    [rows] = re.findall(r"^## Glossary\n(.*?)^## ", README, re.M | re.S)
    cells = [row.rstrip(" |").rpartition("|")[2] for row in rows.splitlines() if row.startswith("| ")]
    names = [name for cell in cells for name in re.findall(r"`([a-zA-Z_.]+)`", cell)]
    assert len(names) > 40
    assert [name for name in names if name != "DUTIES" and not is_in_code(name)] == []
