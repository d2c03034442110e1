"""requirements.txt has all that the product imports, though requirements-dev.txt would cover for it."""

import os
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

LOAD_EVERYTHING = """
import sys
import aiso.wsgi, aiso.urls, aiso.celery, kombu.transport.redis, granian.cli, honcho.manager
print(*{name.partition(".")[0] for name in sys.modules})
"""


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_everything_imported_is_pinned_for_production():
    output = subprocess.check_output([sys.executable, "-c", LOAD_EVERYTHING], env=os.environ, text=True)
    pinned = set(re.findall(r"^([a-z0-9-]+)==", Path("requirements.txt").read_text(), re.MULTILINE))
    distributions = packages_distributions()
    imported = {_canonical(name) for module in output.split() for name in distributions.get(module, [])}

    assert "django" in imported
    assert imported <= pinned


def test_no_registry_is_named():
    for pins in Path().glob("requirements*.txt"):
        assert "://" not in pins.read_text(), pins
