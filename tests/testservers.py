"""Throwaway servers for the test run, started before pytest-django reads the settings.

A plugin of its own, because conftest.py is read after the settings.
"""

import os
import tempfile

import pytest

from aiso.embedded import ensure_servers


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        os.environ["AISO_VAR"] = tempfile.mkdtemp(prefix="aiso-test-")
    ensure_servers(throwaway=True)
    _take_own_redis_database()


def _take_own_redis_database() -> None:
    """Workers share one Redis, and a test that clears the cache must not clear another worker's."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    os.environ["REDIS_URL"] = os.environ["REDIS_URL"].partition("?")[0] + f"?db={worker}"
