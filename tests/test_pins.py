"""requirements.txt has all that the product needs, though requirements-dev.txt would cover for it."""

import os
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

LOAD_THE_PRODUCT = """
import sys
sys.modules.update(dict.fromkeys(sys.argv[1:]))  # None means: cannot be imported
import aiso.wsgi, aiso.urls, aiso.celery, kombu.transport.redis, granian.cli, honcho.manager
"""


def test_the_product_loads_with_nothing_but_its_own_pins():
    pinned = set(re.findall(r"^([a-z0-9-]+)==", Path("requirements.txt").read_text(), re.MULTILINE))
    not_pinned = [
        module
        for module, distributions in packages_distributions().items()
        if not pinned & {_canonical(name) for name in distributions}
    ]
    run = subprocess.run([sys.executable, "-c", LOAD_THE_PRODUCT, *not_pinned], env=os.environ, check=False)

    assert "pytest" in not_pinned
    assert run.returncode == 0


def test_no_registry_is_named():
    for pins in Path().glob("requirements*.txt"):
        assert "://" not in pins.read_text(), pins


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
