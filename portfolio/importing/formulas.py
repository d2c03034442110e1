"""CSV cells that a spreadsheet program would run as formulas, made safe, and made themselves again.

An apostrophe in front makes a program show `=1+1` as text. Cells that already look escaped get one more, so
that taking one away always gives back exactly what was written.
"""

import re

# A tab or a carriage return in front also starts a formula once the program has trimmed it away.
FORMULA = re.compile(r"'*[=+\-@\t\r]")
# A negative number stays one, or no program could add it up.
NUMBER = re.compile(r"-\d+(\.\d+)?\Z")
ESCAPED_FORMULA = re.compile(r"'+[=+\-@\t\r]")


def escaped(cell: str) -> str:
    """The cell as a CSV export writes it."""
    return f"'{cell}" if FORMULA.match(cell) and not NUMBER.match(cell) else cell


def unescaped(cell: str) -> str:
    """The cell as it was before an export escaped it."""
    return cell[1:] if ESCAPED_FORMULA.match(cell) else cell
