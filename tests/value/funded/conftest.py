"""Initiatives with tranches, in the value app."""

import pytest

from tests.stagegates.funding.conftest import *  # noqa: F403 (fixtures of money that was approved)


@pytest.fixture(autouse=True)
def at_noon():
    """The present: the rules by which money is approved hold from the day on which they were shipped."""
