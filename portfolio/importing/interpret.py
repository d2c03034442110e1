"""One row of a file to what it says of an initiative, in plain values that JSON can hold.

Nothing is dropped: what has no place in an initiative becomes a fact or a note, and what cannot be read as what
it should be is noted too, with the reason.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date

from .blanks import is_blank
from .catalogue import Column, Kind, columns
from .choices import match_choice, recode
from .content import EMAIL, URL
from .dates import DateReading, Precision, read_date
from .openings import STEPS, opening_position
from .plan import Plan, Problem, Reading
from .presets import KEEP_AS_NOTE, LEAVE_OUT
from .wording import folded

LONGEST_NAME = 300
LONGEST_ENTRY = 200  # characters of a unit, a tag, a tool, an identifier
LONGEST_LINK = 1000
MOST_SPELLINGS = 500  # of a column; one that has more holds no choices
LONGEST_SPELLING = 300  # of a cell whose meaning the office may map
# The kinds of value that the office may map by hand, by the columns they stand in.
MAPPED_KINDS = {
    "development_stage": "stage",
    "impact_type": "impact",
    "risk_tier": "risk",
    "eu_ai_act_class": "ai_act",
    "data_sensitivity": "data",
    "agency_name": "organisation",
    **{column.key: "date" for column in columns().values() if column.kind is Kind.DATE},
}
OWNERS = {"business_owner_email": "business", "technical_owner_email": "technical", "risk_owner_email": "risk"}
PARTS = ("value", "feasibility", "data_readiness", "strategic_fit", "governance_complexity")
# Columns that say which initiative a row is about.
IDENTITY = frozenset(
    ("use_case_name", "id", "reference", "source", "agency_name", "agency_abbreviation", "agency_bureau", "office")
)
IMPACTS = {"neither": (False, False), "both": (True, True), "rights": (True, False), "safety": (False, True)}
YES_NO = {"Yes": True, "No": False}
FLAGS = {
    "customer_facing": "is_customer_facing",
    "is_rights_impacting": "is_rights_impacting",
    "is_safety_impacting": "is_safety_impacting",
    "confidential": "is_confidential",
}
CHOSEN = {
    "risk_tier": "risk_tier",
    "eu_ai_act_class": "ai_act_class",
    "data_sensitivity": "data_sensitivity",
    "employee_effect": "employee_effect",
}
PURPOSE = ("problem_solved", "purpose_benefits")
NAMED = ("workflow", "bucket", "objective", "use_case_type")
LISTED = ("tags", "tools", "jurisdictions")
# Columns whose text is kept as a fact too, because the initiative takes it over in another form or not at all.
TOLD_AS_FACTS = {
    *PURPOSE,
    "benefits",
    *STEPS,
    "contact_email",
    "vendor_name",
    "development_stage",
    "impact_type",
    "is_high_impact",
}
UNIT_PATH = re.compile(r"\s+[/>|→»]\s+")
SLASH = re.compile(r"\s*/\s*")
CURRENCY = re.compile(r"EUR|USD|GBP|CHF|[€$£]", re.IGNORECASE)
# Up to fourteen digits, as the register holds them; three digits after a mark are thousands, two are cents.
AMOUNT = re.compile(r"(?P<whole>\d{1,3}(?:[ \u00a0\u202f,.'’]\d{3}){1,3}|\d{1,14})(?:[.,](?P<cents>\d{1,2}))?")
LIST_SEPARATOR = re.compile(r"\s*[;,|\n]\s*")


def interpret(plan: Plan, cells: Sequence[str]) -> Reading:
    """What one row of the file says of an initiative."""
    interpreter = _Interpreter(plan, cells)
    interpreter.read()
    return interpreter.reading


def identify(plan: Plan, cells: Sequence[str]) -> Reading:
    """What a row calls itself and the units it is in, and nothing more: enough for its key."""
    interpreter = _Interpreter(plan, cells, only=IDENTITY)
    interpreter.read_identity()
    return interpreter.reading


def seen_values(plan: Plan, rows: Sequence[Sequence[str]]) -> dict[tuple[str, str], tuple[int, str]]:
    """The cells whose meaning the office may map: by kind and spelling how many, and what they are taken for.

    Dates are told only where they cannot be read: nobody maps a date that can.
    """
    seen: dict[tuple[str, str], tuple[int, str]] = {}
    for place, key in enumerate(plan.mapping):
        kind = MAPPED_KINDS.get(key)
        if not kind:
            continue
        met = Counter(row[place].strip() for row in rows)
        for cell, count in met.most_common(MOST_SPELLINGS):
            if not _unreadable(plan, key, cell) if kind == "date" else is_blank(cell):
                continue
            before, _ = seen.get((kind, cell), (0, ""))
            seen[kind, cell] = (before + count, _automatic(kind, key, cell))
    return seen


def _unreadable(plan: Plan, key: str, cell: str) -> bool:
    return bool(read_date(cell, plan.order(key), plan.fiscal_start).reason)


def _automatic(kind: str, key: str, cell: str) -> str:
    if kind == "organisation":
        return " ".join(cell.split())
    match = None if kind == "date" else match_choice(columns()[key], cell)
    return match.value if match else ""


class _Interpreter:
    """Reads one row, column by column."""

    def __init__(self, plan: Plan, cells: Sequence[str], only: frozenset[str] | None = None) -> None:
        self.plan = plan
        self.reading = Reading()
        self.cells: dict[str, tuple[str, str]] = {}
        self.said: dict[str, str] = {}  # the cells that say something, by standard column
        self.notes: list[str] = []
        for header, key, cell in zip(plan.headers, plan.mapping, cells, strict=True):
            if key == LEAVE_OUT or key in self.cells or (only and key not in only):
                continue
            text = "" if not cell or is_blank(cell) else cell.strip()
            if key != KEEP_AS_NOTE:
                self.cells[key], self.said[key] = (header, cell), text
            elif text:
                self.notes.append(f"{header}: {text}")

    def read_identity(self) -> None:
        self._identify()
        self._place_in_unit()

    def read(self) -> None:
        self.read_identity()
        self._describe()
        self._choose()
        self._open()
        self._link()
        self._count_parts()
        self._ask_money()
        self._keep_facts()
        self.reading.values["notes"] = self._noted()

    def _said(self, key: str) -> str:
        """The cell of a standard column, the empty text for one that says nothing."""
        return self.said.get(key, "")

    def _problem(self, key: str, reason: str, *, note: bool = True) -> None:
        header, cell = self.cells[key]
        self.reading.problems.append(Problem(header, cell.strip(), reason))
        if note:
            self.notes.append(f"{header}: {cell.strip()}")

    def _identify(self) -> None:
        name = " ".join(self._said("use_case_name").split())
        if len(name) > LONGEST_NAME:
            self._problem("use_case_name", f"shortened to {LONGEST_NAME} characters; the whole name is in the notes")
            name = name[: LONGEST_NAME - 1].rstrip() + "…"
        self.reading.name = name
        self.reading.values["name"] = name
        self.reading.external_id = self._said("id")[:LONGEST_ENTRY]
        self.reading.reference = self._said("reference")
        if source := self._said("source"):
            self.reading.values["source"] = source[:100]

    def _place_in_unit(self) -> None:
        """The organisation and the units below it, from the top."""
        agency = self._organisation()
        path = [agency] if agency else []
        for key in ("agency_bureau", "office"):
            separator = SLASH if self.plan.conventions.get(key) == "/" else UNIT_PATH
            path += [part.strip() for part in separator.split(self._said(key)) if part.strip()]
        unique: list[str] = []
        for name in (" ".join(name.split())[:LONGEST_ENTRY] for name in path):
            if not unique or folded(name) != folded(unique[-1]):
                unique.append(name)
        self.reading.unit = unique
        self.reading.unit_short = self._said("agency_abbreviation")[:40] if agency else ""

    def _organisation(self) -> str:
        said = self._said("agency_name")
        if not said:
            return self._said("agency_abbreviation")
        return self._override("organisation", said) or said

    def _override(self, kind: str, cell: str) -> str:
        return self.plan.overrides.get((kind, folded(cell)[:LONGEST_SPELLING]), "")

    def _describe(self) -> None:
        summary = self._said("summary")
        if not summary:
            said = [self._said(key) for key in PURPOSE]
            summary = "\n\n".join(dict.fromkeys(text for text in said if text))
        self.reading.values["summary"] = summary
        if "benefits" in self.cells:
            self.reading.values["outcome"] = self._said("benefits")

    def _choose(self) -> None:
        values = self.reading.values
        impact = self._choice("impact_type")
        if impact:
            values["is_rights_impacting"], values["is_safety_impacting"] = IMPACTS[impact]
        for key, name in CHOSEN.items():
            if key in self.cells:
                values[name] = self._choice(key)
        for key, name in FLAGS.items():
            if key in self.cells:
                values[name] = YES_NO.get(self._choice(key))
        if not values.get("data_sensitivity") and recode(columns()["has_pii"], self._said("has_pii")) == "Yes":
            values["data_sensitivity"] = "personal"

    def _choice(self, key: str) -> str:
        """Our word for what a choice column says; a cell that is none of the choices is a problem."""
        said = self._said(key)
        kind = MAPPED_KINDS.get(key, "")
        found = self._taken_for(columns()[key], said, kind)
        if said and not found:
            self._problem(key, f"not one of the known values of “{columns()[key].label}”")
        return found

    def _taken_for(self, column: Column, cell: str, kind: str) -> str:
        if not cell:
            # “None” says nothing in most columns, and is an answer in some: neither rights nor safety.
            raw = self.cells.get(column.key, ("", ""))[1].strip()
            answer = match_choice(column, raw) if folded(raw) == "none" else None
            return answer.value if answer else ""
        if known := self._override(kind, cell):
            return known
        match = match_choice(column, cell)
        return match.value if match else ""

    def _open(self) -> None:
        """The opening position, and each day that does not belong to it with the reason."""
        days = {key: self._day(key) for key in STEPS if key in self.cells}
        stage = self._choice("development_stage") if "development_stage" in self.cells else ""
        position = opening_position(stage, days, as_of=self.plan.as_of, today=self.plan.today)
        for key, reason in position.left_out.items():
            self._problem(key, reason, note=False)
        if not position.day_is_known and stage:
            header, cell = self.cells["development_stage"]
            reason = f"since when is not known; counted from {position.changes[-1][1].isoformat()}"
            self.reading.problems.append(Problem(header, cell.strip(), reason))
        self.reading.values["openings"] = [[stage, day.isoformat()] for stage, day in position.changes]

    def _day(self, key: str) -> DateReading:
        cell = self.cells[key][1]
        known = self._override("date", cell)
        order = self.plan.order(key)
        reading = read_date(known or cell, order, self.plan.fiscal_start)
        if reading.reason:
            self._problem(key, reading.reason)
        return reading

    def _link(self) -> None:
        values = self.reading.values
        for key in NAMED:
            if key in self.cells:
                values[key] = self._said(key)[:LONGEST_ENTRY]
        for key in LISTED:
            if key in self.cells:
                values[key] = _parts(self._said(key))
        values["links"] = [
            [columns()[key].label, address[:LONGEST_LINK]]
            for key in self.cells
            if columns()[key].kind is Kind.URL
            for address in dict.fromkeys(map(_address, URL.findall(self._said(key))))
        ]
        values["owners"] = {kind: self._said(key) for key, kind in OWNERS.items() if self._said(key)}

    def _count_parts(self) -> None:
        for part in PARTS:
            key = f"priority_{part}"
            if key not in self.cells:
                continue
            said = self._said(key)
            number = re.fullmatch(r"([1-5])(?:[.,]0+)?", said)
            self.reading.values[part] = int(number[1]) if number else None
            if said and not number:
                self._problem(key, "not a whole number from 1 to 5")

    def _ask_money(self) -> None:
        """The sum as `50000.00`, in the reporting currency, whichever way its thousands are parted."""
        if "requested_amount" not in self.cells:
            return
        said = self._said("requested_amount")
        amount = AMOUNT.fullmatch(CURRENCY.sub("", said).strip())
        if amount:
            whole = re.sub(r"\D", "", amount["whole"])
            self.reading.values["requested_amount"] = f"{int(whole)}.{(amount['cents'] or '').ljust(2, '0')}"
        else:
            self.reading.values["requested_amount"] = None
            if said:
                self._problem("requested_amount", "not a sum of money")

    def _keep_facts(self) -> None:
        for key, said in self.said.items():
            column = columns()[key]
            if said and (not column.lands or key in TOLD_AS_FACTS):
                self.reading.facts[key] = self._fact(column, said)

    def _fact(self, column: Column, said: str) -> str:
        if column.kind is Kind.DATE:
            order = self.plan.order(column.key)
            known = self._override("date", said)
            return as_exact(read_date(known or said, order, self.plan.fiscal_start)) or said
        if column.key in TOLD_AS_FACTS:
            return said
        return recode(column, said) or said if column.choices else said

    def _noted(self) -> str:
        return "\n".join(dict.fromkeys([*filter(None, [self._said("notes")]), *self.notes]))


def as_exact(reading: DateReading) -> str:
    """A date no more exact than it was said: 2024-03-01, 2024-03, 2024-Q1 or 2024."""
    if reading.value is None:
        return ""
    shapes: dict[Precision, Callable[[date], str]] = {
        Precision.DAY: date.isoformat,
        Precision.MONTH: lambda day: f"{day:%Y-%m}",
        Precision.QUARTER: lambda day: f"{day:%Y}-Q{(day.month + 2) // 3}",
        Precision.YEAR: lambda day: f"{day:%Y}" if (day.month, day.day) == (1, 1) else f"{day:%Y-%m}/P1Y",
    }
    return shapes[reading.precision or Precision.DAY](reading.value)


def addresses(cell: str) -> list[str]:
    """The e-mail addresses in a cell, in lower case."""
    return [address.lower() for address in EMAIL.findall(cell)]


def _address(found: str) -> str:
    """A web address without the punctuation of the text around it, with its scheme."""
    bare = found.rstrip(").,;:>]<\"'”")
    return bare if "://" in bare else f"https://{bare}"


def _parts(cell: str) -> list[str]:
    parts = (part.strip()[:LONGEST_ENTRY] for part in LIST_SEPARATOR.split(cell))
    return list(dict.fromkeys(part for part in parts if part and not is_blank(part)))
