"""Rules of the style sheets: colours in one place, enough contrast, small files."""

import re
from pathlib import Path

import pytest

from reports.models import Status

ROOT = Path(__file__).resolve().parents[2]
SHEETS = sorted((ROOT / "static" / "css").glob("*.css"))
TOKENS = (ROOT / "static" / "css" / "tokens.css").read_text()
COLOUR = re.compile(r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|hwb|lab|lch|oklch|oklab|color)a?\(", re.I)
SECTORS = ["education", "policing", "health", "data"]
# Every surface and the inks that stand on it.
PAIRS = [
    *(("page", ink) for ink in ["on-page", "quiet", "link", "error"]),
    *(("sheet", ink) for ink in ["on-sheet", "quiet", "link", "error"]),
    *(("shade", ink) for ink in ["on-shade", "quiet", "link", "error"]),
    *(("night", ink) for ink in ["on-night", "night-quiet", "night-link"]),
    *(("night", ink) for ink in ["night-policing", "night-data", "night-council", "education", "health", "brick"]),
    *((surface, "on-brick") for surface in ["brick", "brick-2", "brick-3"]),
    *((sector, f"on-{sector}") for sector in [*SECTORS, "council"]),
    *((f"night-{sector}", "on-night-tone") for sector in ["policing", "data", "council"]),
    *((f"step-{step}", "on-step") for step in [1, 2, 3, 4]),
    *[("btn", "on-btn"), ("fixed-btn", "on-fixed-btn"), ("paper", "on-paper")],
]


def tokens(mode: str) -> dict[str, str]:
    light, dark = TOKENS.split("@media (prefers-color-scheme: dark)")
    dark = dark[: dark.index("/* A tone")]
    return dict(re.findall(r"--([\w-]+):\s*([^;]+);", light + (dark if mode == "dark" else "")))


def colour(name: str, values: dict[str, str]) -> str:
    value = values[name]
    while found := re.fullmatch(r"var\(--([\w-]+)\)", value):
        value = values[found[1]]
    return value


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(("surface", "ink"), PAIRS)
def test_every_text_colour_has_enough_contrast(surface, ink, mode):
    values = tokens(mode)
    lighter, darker = sorted((luminance(colour(name, values)) for name in (surface, ink)), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


@pytest.mark.parametrize(
    "sheet", [sheet for sheet in SHEETS if sheet.name != "tokens.css"], ids=lambda sheet: sheet.name
)
def test_colours_are_only_defined_in_the_tokens(sheet):
    assert COLOUR.findall(re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.S)) == []


def test_emails_repeat_only_colours_of_the_tokens():
    known = {found.lower() for found in re.findall(r"#[0-9a-f]{6}", TOKENS, re.I)}
    for email in (ROOT / "templates" / "emails").rglob("*.html"):
        used = {found.lower() for found in re.findall(r"#[0-9a-f]{6}\b", email.read_text(), re.I)}
        assert used <= known, email


def test_the_style_sheets_stay_small():
    assert len(SHEETS) <= 13
    public = [sheet for sheet in SHEETS if sheet.name != "admin.css"]
    assert sum(len(sheet.read_text().splitlines()) for sheet in public) < 1000
    scripts = (ROOT / "static" / "js").glob("*.js")
    assert sum(len(script.read_text().splitlines()) for script in scripts) < 100


def test_every_css_class_is_used():
    sources = [
        *(ROOT / "templates").rglob("*.html"),
        *(path for app in ["campaign", "pledges", "reports"] for path in (ROOT / app).rglob("*.py")),
    ]
    source = "\n".join(path.read_text() for path in sources)
    for sheet in SHEETS:
        if sheet.name == "admin.css":  # it also styles the markup of Django's admin
            continue
        for name in set(re.findall(r"\.([a-z][\w-]*)", re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.S))):
            stem = name.rpartition("-")[0]  # as in class="step-{{ strength }}"
            assert re.search(rf"(?<![\w-]){name}(?![\w-])", source) or f"{stem}-{{{{" in source, (sheet.name, name)


@pytest.mark.parametrize("status", Status.values)
def test_every_status_has_its_shape(status):
    assert f'.status[data-status="{status}"]::before' in (ROOT / "static/css/status.css").read_text()


def test_every_page_loads_every_sheet_once(client):
    loaded = re.findall(r"css/(\w+\.css)", client.get("/privacy/").content.decode())
    assert sorted(loaded) == [sheet.name for sheet in SHEETS if sheet.name != "admin.css"]


def test_every_part_of_a_block_that_a_staff_template_names_is_styled():
    templates = "".join(path.read_text() for path in (ROOT / "templates" / "admin").rglob("*.html"))
    named = set(re.findall(r"\b[a-z]+__[a-z]+\b", " ".join(re.findall(r'class="([^"]*)"', templates))))
    styled = "".join(sheet.read_text() for sheet in SHEETS)
    assert {name for name in named if f".{name}" not in styled} == set()
