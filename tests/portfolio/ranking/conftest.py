"""Money that was approved, as where it is decided."""

from tests.stagegates.funding.conftest import *  # noqa: F403 (fixtures of money and of people who decide)
