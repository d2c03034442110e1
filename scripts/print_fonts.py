"""Make the fonts of printed documents from those of pages. Needs `pip install fonttools brotli`; run it to upgrade.

typst reads neither WOFF2 nor the weight axis of a variable font, so each weight becomes a TrueType file of its own.
A typesetter takes one file for a family and weight, so the letters beyond Latin 1 are a family beside it.
"""

from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "static" / "vendor" / "inter"
PRINT = ROOT / "aiso" / "documents" / "fonts"
FAMILIES = {"inter-latin": "Inter", "inter-latin-ext": "Inter Ext"}
WEIGHTS = {400: "Regular", 600: "SemiBold"}
# Of a font's table of names: family, style, its own id, full name, PostScript name, and the family of all weights.
FAMILY, STYLE, OWN, FULL, POSTSCRIPT, WHOLE_FAMILY, WHOLE_STYLE = 1, 2, 3, 4, 6, 16, 17


def main() -> None:
    PRINT.mkdir(parents=True, exist_ok=True)
    for file, family in FAMILIES.items():
        for weight, style in WEIGHTS.items():
            font = instantiateVariableFont(TTFont(PAGES / f"{file}.woff2"), {"wght": weight})
            _name(font, family, style, weight)
            font.flavor = None
            font.save(PRINT / f"{family.replace(' ', '')}-{style}.ttf")
    (PRINT / "LICENSE").write_bytes((PAGES / "LICENSE").read_bytes())


def _name(font: TTFont, family: str, style: str, weight: int) -> None:
    whole = f"{family.replace(' ', '')}-{style}"
    told = {FAMILY: family, STYLE: "Regular", OWN: whole, FULL: f"{family} {style}", POSTSCRIPT: whole}
    if style != "Regular":
        told |= {FAMILY: f"{family} {style}", WHOLE_FAMILY: family, WHOLE_STYLE: style}
    for number, text in told.items():
        font["name"].setName(text, number, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight


if __name__ == "__main__":
    main()
