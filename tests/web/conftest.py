import pytest

from aiso import clock


@pytest.fixture
def today():
    return clock.today()
