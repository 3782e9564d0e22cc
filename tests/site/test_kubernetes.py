"""deploy/kubernetes fits the schemas of Kubernetes, and runs the same programs with the same settings as compose.

It needs kubernetes-validate, which brings the schemas (100 MB) and so is no part of the developers' requirements:
`.venv/bin/pip install kubernetes-validate`.
"""

import pytest
from django.conf import settings

kubernetes_validate = pytest.importorskip("kubernetes_validate")
yaml = pytest.importorskip("yaml")
DEPLOY = settings.BASE_DIR / "deploy"
SITE = yaml.safe_load((DEPLOY / "kubernetes" / "site.yaml").read_text())["items"]
DATABASE = yaml.safe_load((DEPLOY / "kubernetes" / "database.yaml").read_text())
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]


def named(name):
    return next(item for item in SITE if item["metadata"]["name"] == f"care-dont-share-{name}")


def pod(name):
    return named(name)["spec"]["template"]["spec"]


def environment(container):
    return {variable["name"]: variable["value"] for variable in container["env"]}


@pytest.mark.parametrize("item", SITE, ids=lambda item: f"{item['kind']} {item['metadata']['name']}")
def test_each_object_fits_the_schema_of_its_kind(item):
    kubernetes_validate.validate(item, kubernetes_validate.latest_version(), strict=True)


@pytest.mark.parametrize("name", ["web", "worker", "migrate"])
def test_each_program_has_the_settings_that_it_has_in_compose(name):
    here, there = environment(pod(name)["containers"][0]), COMPOSE[name]["environment"]
    assert set(here) == set(there)
    for url in (here["DATABASE_URL"], there["DATABASE_URL"]):
        assert url.partition("@")[0] == f"postgres://{'campaign_owner' if name == 'migrate' else 'campaign'}"


@pytest.mark.parametrize("name", ["web", "worker"])
def test_each_program_is_started_as_in_compose(name):
    assert " ".join(pod(name)["containers"][0]["command"]) == COMPOSE[name]["command"]


def test_a_worker_that_hangs_is_restarted_as_in_compose():
    probe = pod("worker")["containers"][0]["livenessProbe"]["exec"]["command"]
    assert " ".join(probe) == COMPOSE["worker"]["healthcheck"]["test"]


def test_nothing_of_the_site_may_write_but_into_its_own_folders():
    ours = [
        container
        for name in ("web", "worker", "migrate")
        for container in [*pod(name).get("initContainers", []), *pod(name)["containers"]]
        if "care-dont-share" in container["image"]
    ]
    assert len(ours) == 4
    assert all(container["securityContext"]["readOnlyRootFilesystem"] for container in ours)


def test_the_proxy_is_the_version_of_compose_and_sees_the_clients_address():
    assert f"pin NGINX_IMAGE {pod('web')['containers'][1]['image']}\n" in (DEPLOY / "pin-images").read_text()
    service = next(item for item in SITE if item["kind"] == "Service")
    assert service["spec"]["externalTrafficPolicy"] == "Local"


def test_the_servers_log_holds_nothing_that_people_wrote():
    said = COMPOSE["database"]["command"].split()
    quiet = dict(option.split("=") for option in said if "=" in option)
    assert quiet.items() <= DATABASE["spec"]["postgresql"]["parameters"].items()
