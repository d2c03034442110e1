"""A template in typst and its data become a PDF. What people wrote reaches the template as JSON, never as markup."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

# The same output on every machine: our letters, and those inside typst for scripts that ours have not.
FONTS = Path(__file__).parent / "fonts"


def pdf_of(template: Path, data: Mapping[str, Any], *, made_at: datetime) -> bytes:
    """A tagged PDF (PDF/UA-1) of `template`, which reads its data by `json(bytes(sys.inputs.data))`."""
    made = typst.compile(
        template,
        root=template.parent,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data)},
        format="pdf",
        pdf_standards=["ua-1"],
        timestamp=int(made_at.timestamp()),
    )
    assert isinstance(made, bytes)
    return made
