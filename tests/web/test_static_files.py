import hashlib
import json
import re
from pathlib import Path

from django.conf import settings

STATIC = Path(settings.BASE_DIR) / "static"
TEMPLATES = Path(settings.BASE_DIR) / "templates"


def test_vendored_files_are_as_fetched():
    versions = json.loads((STATIC / "vendor" / "VERSIONS.json").read_text())
    for folder, package in versions.items():
        for name, expected in package.get("sha256", {}).items():
            content = (STATIC / "vendor" / folder / name).read_bytes()
            assert hashlib.sha256(content).hexdigest() == expected, f"{folder}/{name}"


def test_vendored_files_have_licence_and_no_source_map():
    for folder in (path for path in (STATIC / "vendor").iterdir() if path.is_dir()):
        assert (folder / "LICENSE").exists(), folder.name
        for path in (*folder.glob("*.js"), *folder.glob("*.css")):
            assert b"sourceMappingURL" not in path.read_bytes(), path.name


def test_pages_have_nothing_inline():
    """The content security policy would refuse it."""
    inline = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)|javascript:|hx-on", re.IGNORECASE)
    found = {path.name: inline.findall(path.read_text()) for path in TEMPLATES.glob("**/*.html")}
    assert {name: hits for name, hits in found.items() if hits} == {}


def test_every_page_sends_the_policy(client, db):
    policy = client.get("/accounts/login/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
