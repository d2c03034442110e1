"""Fetch the third-party front end into static/vendor/ and draw static/icons.svg. Needs npm; run it to upgrade.

`python scripts/vendor_frontend.py` packs the versions below with the ordinary npm client, copies
the few files that pages use, and writes static/vendor/VERSIONS.json with version, licence and the
SHA-256 of each file. The results are committed, so that running the product needs no npm.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "static" / "vendor"
SPRITE = ROOT / "static" / "icons.svg"
ICON_NAMES = Path(__file__).with_name("icons.txt")
ICONS_PACKAGE = ("@tabler/icons", "3.51.0")


@dataclass(frozen=True)
class Package:
    """One npm package: the folder it gets, and which of its files go there under which name."""

    name: str
    version: str
    folder: str
    files: dict[str, str]


PACKAGES = [
    Package("@tabler/core", "1.6.1", "tabler", {"dist/css/tabler.min.css": "tabler.min.css"}),
    Package("htmx.org", "2.0.11", "htmx", {"dist/htmx.min.js": "htmx.min.js", "LICENSE": "LICENSE"}),
    Package(
        "idiomorph",
        "0.8.0",
        "idiomorph",
        {"dist/idiomorph-ext.min.js": "idiomorph-ext.min.js", "LICENSE": "LICENSE"},
    ),
    Package(
        "plotly.js-basic-dist-min",
        "4.1.1",
        "plotly",
        {"plotly-basic.min.js": "plotly-basic.min.js", "LICENSE": "LICENSE"},
    ),
    Package(
        "@fontsource-variable/inter",
        "5.3.0",
        "inter",
        {
            "files/inter-latin-wght-normal.woff2": "inter-latin.woff2",
            "files/inter-latin-ext-wght-normal.woff2": "inter-latin-ext.woff2",
            "LICENSE": "LICENSE",
        },
    ),
]
# Tabler's package carries no licence file; its style sheet names the MIT licence and its owners.
TABLER_LICENCE = """MIT License

Copyright (c) 2018-2026 The Tabler Authors

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction,
including without limitation the rights to use, copy, modify, merge, publish, distribute,
sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or
substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT
NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM,
DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT
OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""
# The six stages of an initiative, drawn once each: chevrons, and between them the gates' diamonds.
STAGE_COUNT = 6
STAGE_STEP = 20.4


def unpack(name: str, version: str, folder: Path) -> Path:
    """The unpacked npm package; npm checks its integrity."""
    command = ["npm", "pack", f"{name}@{version}", "--json", "--silent", "--pack-destination", str(folder)]
    packed = subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder)
    archive = folder / json.loads(packed.stdout)[0]["filename"]
    target = folder / archive.stem
    with tarfile.open(archive) as tar:
        tar.extractall(target, filter="data")
    return target / "package"


def without_source_map(content: bytes) -> bytes:
    """The file without its source map reference: the hashing static storage refuses a missing map."""
    return re.sub(rb"\n?(/\*# sourceMappingURL=[^*]*\*/|//# sourceMappingURL=\S+)\s*$", b"\n", content)


def copy_package(package: Package, source: Path) -> dict[str, object]:
    """Copy what pages use, and tell what was copied."""
    target = VENDOR / package.folder
    target.mkdir(parents=True)
    for origin, name in package.files.items():
        (target / name).write_bytes(without_source_map((source / origin).read_bytes()))
    if package.folder == "tabler":
        (target / "LICENSE").write_text(TABLER_LICENCE)
    licence = json.loads((source / "package.json").read_text())["license"]
    sums = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(target.iterdir())}
    return {"package": package.name, "version": package.version, "licence": licence, "sha256": sums}


def icon_symbol(name: str, source: Path) -> str:
    """One Tabler outline icon as a sprite symbol, `NAME/filled` for its filled form."""
    drawing = (source / "icons" / "outline" / f"{name}.svg").read_text()
    paths = " ".join(re.findall(r"<(?:path|circle|rect|line)\b[^>]*/>", drawing))
    paths = paths.replace('<path stroke="none" d="M0 0h24v24H0z" fill="none" />', "").strip()
    return f'<symbol id="{name}" viewBox="0 0 24 24">{paths}</symbol>'


def chevron(left: float, *, first: bool) -> str:
    """The outline of one stage; the first has no notch on its left."""
    notch = "" if first else f"L{left + 3:g} 6"
    return f"M{left:g} 1H{left + 11:g}L{left + 14:g} 6L{left + 11:g} 11H{left:g}{notch}Z"


def diamond(middle: float, half: float) -> str:
    """The outline of one gate."""
    return f"M{middle:g} {6 - half:g}L{middle + half:g} 6L{middle:g} {6 + half:g}L{middle - half:g} 6Z"


def stage_symbol(current: int) -> str:
    """All six stages with `current` reached. The page sets the colours through custom properties."""
    parts = []
    for stage in range(STAGE_COUNT):
        left = round(stage * STAGE_STEP, 1)
        colour = "done" if stage < current else "now" if stage == current else "ahead"
        parts.append(f'<path fill="var(--stg-{colour})" d="{chevron(left, first=stage == 0)}"/>')
        if stage < STAGE_COUNT - 1:
            parts.append(gate_path(round(left + 18.6, 1), stage - current))
    return f'<symbol id="stg-{current}" viewBox="0 0 116 12">{"".join(parts)}</symbol>'


def gate_path(middle: float, distance: int) -> str:
    """The gate after a stage: passed, the next one, or further ahead."""
    if distance < 0:
        return f'<path fill="var(--stg-gate)" d="{diamond(middle, 2.6)}"/>'
    if distance == 0:
        line = 'stroke="var(--stg-next)" stroke-width="1.5"'
        return f'<path fill="var(--stg-hollow)" {line} d="{diamond(middle, 3.2)}"/>'
    return f'<path fill="var(--stg-hollow)" stroke="var(--stg-later)" d="{diamond(middle, 2.6)}"/>'


def draw_sprite(source: Path) -> None:
    """All icons that scripts/icons.txt names, and the six compact stage pictures."""
    names = [line for line in ICON_NAMES.read_text().split() if line]
    symbols = [icon_symbol(name, source) for name in sorted(set(names))]
    symbols += [stage_symbol(stage) for stage in range(STAGE_COUNT)]
    SPRITE.write_text('<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n")


def main() -> None:
    if not shutil.which("npm"):
        sys.exit("npm is missing: install Node.js. (Only upgrading needs it, running the product does not.)")
    shutil.rmtree(VENDOR, ignore_errors=True)
    versions = {}
    with tempfile.TemporaryDirectory() as scratch:
        for package in PACKAGES:
            source = unpack(package.name, package.version, Path(scratch))
            versions[package.folder] = copy_package(package, source)
        draw_sprite(unpack(*ICONS_PACKAGE, Path(scratch)))
    versions["icons.svg"] = {"package": ICONS_PACKAGE[0], "version": ICONS_PACKAGE[1], "licence": "MIT"}
    (VENDOR / "VERSIONS.json").write_text(json.dumps(versions, indent=2) + "\n")
    print(f"Vendored {', '.join(versions)}.")


if __name__ == "__main__":
    main()
