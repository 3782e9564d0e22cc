"""Imports point one way: between the three apps, between the folders of an app, and within a folder.

`campaign` may import `pledges` and `reports`; `reports` may import a few parts of `pledges`; `pledges` imports neither.
Within an app a folder imports only from those below it in FOLDERS. Within a folder: `views → forms → service → models`.
Template tags count as imports. docs/architecture.md has the picture.
"""

import ast
import re
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ["campaign", "pledges", "reports"]

# From the top: each folder (or module beside them) may import only from those after it. What stands together in one
# entry may not import each other.
FOLDERS = {
    "campaign": [
        {"management", "urls", "wsgi", "translation_sources"},
        {"backups"},
        {"staff"},
        {"monitoring", "embedded_postgres"},
        {"postgresql"},
        {"http", "views", "sharing", "templatetags", "context_processors", "rate_limit_cache", "apps"},
        {"privacy"},
        {"settings", "gunicorn_config"},
        {"models", "demo", "checks", "settings_file", "log_format", "css_bundle", "translations", "formats"},
    ],
    "pledges": [
        {"management", "admin", "urls", "apps"},
        {"privacy", "phone_requests", "paper"},
        {"my_pledge", "lists"},
        {"signing"},
        {"organisations", "complaints"},
        {"abuse", "public_forms", "templatetags"},
        {"statistics", "emails"},
        {"admin_base", "offline"},
        {"models"},
        {"inputs"},
        {"crypto", "languages"},
    ],
    "reports": [
        {"urls", "management"},
        {"views", "search"},
        {"admin"},
        {"pages", "load_content", "templatetags"},
        {"record_updates", "progress", "open_data", "share_images", "glossary"},
        {"models", "markdown_text"},
    ],
}
# What reports may import of pledges.
OPEN_TO_REPORTS = [
    "pledges.languages",
    "pledges.models",
    "pledges.statistics.totals",
    "pledges.inputs.spreadsheet",
    "pledges.inputs.tidy",
    "pledges.public_forms.fields.SearchField",
    "pledges.public_forms.fields.TidyField",
    "pledges.admin_base.differences",
    "pledges.admin_base.edit_conflicts.EditConflictForm",
    "pledges.admin_base.plain_text",
    "pledges.admin_base.read_only.NoRelatedLinks",
    "pledges.admin_base.read_only.TitledList",
]
# What a module of this name may not import, whatever its folder.
NOT_BELOW = {
    "forms": ["views", "admin", "emails", "service"],
    "service": ["views", "admin", "forms"],
    "models": ["views", "admin", "forms", "service", "emails"],
}
MODELS_NEVER_IMPORT = ["django.forms", "django.http", "django.shortcuts", "django.core.mail", "django.template"]


def modules():
    """Every module of the three apps by its dotted name, but for migrations."""
    paths = (path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)
    return {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in paths}


MODULES = modules()


@cache
def tree(name):
    return ast.parse(MODULES[name].read_text())


def imported(name):
    """All that a module imports, as dotted names; of `from a import b` the name a.b."""
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}: a relative import hides where it points"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def within(name, packages):
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def height(name):
    """The place of a module's folder in FOLDERS, from the top; None for the app itself."""
    app, _dot, rest = name.partition(".")
    folder = rest.partition(".")[0]
    for place, folders in enumerate(FOLDERS[app]):
        if folder in folders:
            return place, folder
    assert not folder, f"say in FOLDERS where {app}.{folder} belongs"
    return None


@pytest.mark.parametrize("name", MODULES)
def test_apps_import_each_other_one_way(name):
    app = name.split(".")[0]
    foreign = {other for other in imported(name) if within(other, APPS) and not within(other, [app])}
    if app == "pledges":
        assert foreign == set()
    if app == "reports":
        assert {other for other in foreign if not within(other, OPEN_TO_REPORTS)} == set()


@pytest.mark.parametrize("name", MODULES)
def test_folders_import_only_from_those_below(name):
    app = name.split(".")[0]
    here = height(name)
    for other in imported(name):
        there = height(target(other)) if within(other, [app]) else None
        if here and there and here[1] != there[1]:
            assert here[0] < there[0], f"{name} imports {other}"


@pytest.mark.parametrize("name", [name for name in MODULES if name.rpartition(".")[2] in NOT_BELOW])
def test_a_module_imports_only_from_those_below_in_its_folder(name):
    folder, _dot, kind = name.rpartition(".")
    assert [other for other in imported(name) if within(other, [f"{folder}.{each}" for each in NOT_BELOW[kind]])] == []


@pytest.mark.parametrize("name", [name for name in MODULES if ".models" in name])
def test_models_know_no_forms_pages_requests_or_emails(name):
    assert [other for other in imported(name) if within(other, MODELS_NEVER_IMPORT)] == []


@pytest.mark.parametrize("template", sorted((ROOT / "templates").rglob("*.html")), ids=lambda path: path.stem)
def test_templates_load_the_tags_of_their_own_app_or_one_below(template):
    app = template.relative_to(ROOT / "templates").parts[0]
    allowed = {"pledges": ["pledges"], "emails": ["pledges"], "reports": ["reports", "pledges"]}.get(app, APPS)
    for tags in re.findall(r"{% load ([\w ]+?) ?%}", template.read_text()):
        for library in tags.split():
            owners = [app for app in APPS if (ROOT / app / "templatetags" / f"{library}.py").exists()]
            assert set(owners) <= set(allowed), f"{template.name} loads {library} of {owners}"


def test_no_imports_form_a_circle():
    graph = {name: {target(other) for other in imported(name)} & MODULES.keys() - {name} for name in MODULES}
    TopologicalSorter(graph).prepare()  # raises CycleError and names the circle


def test_no_folders_form_a_circle():
    """Folders of all three apps; modules beside the folders count as folders of their own."""
    graph = {}
    for name in MODULES:
        folder = ".".join(name.split(".")[:2])
        others = {".".join(target(other).split(".")[:2]) for other in imported(name) if within(other, APPS)}
        graph[folder] = graph.get(folder, set()) | others - {folder}
    TopologicalSorter(graph).prepare()


def target(other):
    """The module that an imported name is in."""
    return other if other in MODULES else other.rpartition(".")[0]


@pytest.mark.parametrize("name", MODULES)
def test_no_import_stands_inside_a_function(name):
    functions = [node for node in ast.walk(tree(name)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    inside = [
        node.lineno
        for function in functions
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert inside == []
