"""What the schema of docker-compose.yml cannot say. `make check` checks the schema itself."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

TEXT = Path("docker-compose.yml").read_text()
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(TEXT)["services"]


def test_the_services_are_these():
    assert set(SERVICES) == {"web", "worker", "beat", "migrate", "postgres", "redis"}


def test_services_depend_on_services_that_exist():
    for service in SERVICES.values():
        assert set(service.get("depends_on", {})) <= set(SERVICES)


def test_whoever_is_waited_for_until_healthy_has_a_health_check():
    for service in SERVICES.values():
        for name, wait in service.get("depends_on", {}).items():
            if wait["condition"] == "service_healthy":
                assert "test" in SERVICES[name]["healthcheck"]


def test_volumes_are_declared():
    declared = set(yaml.safe_load(TEXT)["volumes"])
    used = {mount.partition(":")[0] for service in SERVICES.values() for mount in service.get("volumes", [])}

    assert used == declared


@pytest.mark.parametrize("secret", ["AISO_SECRET_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD"])
def test_secrets_have_no_default(secret):
    uses = re.findall(rf"\$\{{{secret}[^}}]*\}}", TEXT)

    assert uses
    assert all(use.startswith(f"${{{secret}:?") for use in uses)


@pytest.mark.parametrize("name", ["web", "worker"])
def test_web_and_worker_scale(name):
    """A name or one port of the machine would be taken by the first of them."""
    service = SERVICES[name]

    assert "container_name" not in service
    for port in service.get("ports", []):
        assert re.search(r"\d+-\d+\}?:\d+$", port), port


def test_the_image_does_not_run_as_root():
    assert re.findall(r"^USER (.*)$", Path("Dockerfile").read_text(), re.MULTILINE) == ["aiso"]
