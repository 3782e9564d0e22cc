"""Imports point one way: `urls → views → forms | verbs → models`, `reports → pledges`, and never back."""

import ast
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]
APPS = ["campaign", "pledges", "reports"]

# What each layer may not know. A module that is in no layer by its name is a verb.
SHOWING = ["urls", "views", "pages", "feeds", "admin", "management"]
LAYERS = {
    "urls": [],
    "views": ["urls", "admin", "outbox", "letters", "sending"],
    "feeds": ["urls", "admin"],
    "admin": ["urls", "views"],
    "forms": [*SHOWING, "signing", "withdrawing", "outbox", "letters", "sending", "limits"],
    "verbs": [*SHOWING, "forms"],
    "models": [
        *SHOWING,
        "forms",
        "signing",
        "withdrawing",
        "outbox",
        "letters",
        "sending",
        "links",
        "limits",
        "sealing",
        "counting",
    ],
}
MODELS_NEVER_NEED = ["django.forms", "django.http", "django.shortcuts", "django.core.mail", "django.template"]
# What reports may read of pledges.
OPEN = [
    "pledges.models",
    "pledges.statistics.totals",
    "pledges.inputs.spreadsheet",
    "pledges.inputs.fields.TidyField",
    "pledges.admin_base.plain_text",
    "pledges.inputs.tidy",
]


def modules():
    """Every module of ours by its dotted name, migrations apart: they are history."""
    paths = (path for app in APPS for path in (HOUSE / app).rglob("*.py") if "migrations" not in path.parts)
    return {
        ".".join(path.relative_to(HOUSE).with_suffix("").parts).removesuffix(".__init__"): path
        for path in paths
    }


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


def within(name, rooms):
    return any(name == room or name.startswith(f"{room}.") for room in rooms)


def layer(name):
    """`pledges.organisations.admin.queue` is of the layer `admin`."""
    parts = name.split(".")
    room = parts[1] if len(parts) > 1 else ""
    if room in ("management", "pages"):  # commands, and what the views of forms share
        return "views"
    return room if room in LAYERS else "verbs"


@pytest.mark.parametrize("name", MODULES)
def test_apps_know_each_other_one_way(name):
    app = name.split(".")[0]
    foreign = {other for other in imported(name) if within(other, APPS) and not within(other, [app])}
    if app == "pledges":
        assert foreign == set()
    if app == "reports":
        assert {other for other in foreign if not within(other, OPEN)} == set()


@pytest.mark.parametrize("name", [name for name in MODULES if name.split(".")[0] != "campaign"])
def test_layers_know_only_what_is_below(name):
    forbidden = [f"{app}.{room}" for app in APPS for room in LAYERS[layer(name)]]
    assert [other for other in imported(name) if within(other, forbidden)] == []


@pytest.mark.parametrize("name", [name for name in MODULES if ".models" in name])
def test_models_know_no_forms_pages_requests_or_mail(name):
    assert [other for other in imported(name) if within(other, MODELS_NEVER_NEED)] == []


def test_no_import_goes_in_a_circle():
    graph = {name: {target(other) for other in imported(name)} & MODULES.keys() - {name} for name in MODULES}
    TopologicalSorter(graph).prepare()  # raises CycleError and names the circle


def target(other):
    """The module that an imported name is in."""
    return other if other in MODULES else other.rpartition(".")[0]


@pytest.mark.parametrize("name", MODULES)
def test_no_import_stands_inside_a_function(name):
    functions = [
        node for node in ast.walk(tree(name)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    inside = [
        node.lineno
        for function in functions
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert inside == []
