"""Forms of imports: the file, what its columns hold, and the value maps."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from aiso import clock
from aiso.accounts.forms import UnitField, units_to_choose
from aiso.accounts.models import BusinessUnit
from aiso.web.forms import DayInput, LongSelect

from ..actions.imports.value_maps import legal_values
from ..importing.blanks import is_blank
from ..importing.catalogue import columns
from ..importing.limits import MAX_FILE_BYTES, MEGABYTE
from ..importing.presets import KEEP_AS_NOTE, LEAVE_OUT
from ..models import ImportJob, ValueMapEntry

SAMPLES = 3
SAMPLE_ROWS = 200
SAMPLE_LENGTH = 80
SURE, LIKELY = 0.9, 0.7


class UploadForm(forms.Form):
    """The file to import."""

    file = forms.FileField(
        label="Spreadsheet",
        help_text=(
            f"CSV or XLSX, up to {MAX_FILE_BYTES // MEGABYTE} MB. Any encoding, any delimiter; banners above "
            "the header and hidden sheets do not matter. Nothing comes in before you have checked it."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xlsm,.xls"}),
    )

    def clean_file(self) -> "UploadedFile[bytes]":
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > MAX_FILE_BYTES:
            raise forms.ValidationError(
                f"The file is larger than {MAX_FILE_BYTES // MEGABYTE} MB. Split it into parts."
            )
        return file


class MappingForm(forms.Form):
    """What each column holds, and where the records come from."""

    source = forms.CharField(
        max_length=100, help_text="Its name tells a later file of the same records from files of others."
    )
    as_of = forms.DateField(
        label="State of",
        widget=DayInput(),
        help_text="The day whose state the file tells; stages without a day count from it.",
    )
    unit = UnitField(
        label="Below business unit",
        empty_label="None: the file's organisations stand at the top",
        help_text="The file's own units are placed below it, and rows that name none belong to it.",
    )

    def __init__(self, job: ImportJob, data: Any = None) -> None:
        initial = {"source": job.source, "as_of": job.as_of, "unit": job.unit_id}
        super().__init__(data, initial=initial)
        self.job = job
        unit = self.fields["unit"]
        assert isinstance(unit, UnitField)
        unit.queryset = units_to_choose(job.unit_id)
        for place, chosen in enumerate(job.mapping):
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=f"What “{job.headers[place]}” holds", choices=_choices, required=False, initial=chosen
            )

    @property
    def mapping(self) -> list[str]:
        return [self.cleaned_data[f"column_{place}"] for place in range(len(self.job.headers))]

    def general(self) -> Iterator[forms.BoundField]:
        return (self[name] for name in ("source", "as_of", "unit"))

    def clean_as_of(self) -> Any:
        day = self.cleaned_data["as_of"]
        if day > clock.today():
            raise forms.ValidationError("A file cannot tell the state of a day to come.")
        return day


@dataclass(frozen=True)
class ColumnLine:
    """One column of the file as the mapping page shows it."""

    header: str
    samples: list[str]
    filled: int
    field: forms.BoundField
    confidence: str


def column_lines(form: MappingForm) -> list[ColumnLine]:
    """The file's columns with some of their cells."""
    rows = list(form.job.rows.order_by("number").values_list("cells", flat=True)[:SAMPLE_ROWS])
    return [
        ColumnLine(
            header=header,
            samples=_samples(row[place] for row in rows),
            filled=sum(not is_blank(row[place]) for row in rows),
            field=form[f"column_{place}"],
            confidence=_confidence(form.job.suggested[place]),
        )
        for place, header in enumerate(form.job.headers)
    ]


def _samples(cells: Iterable[str]) -> list[str]:
    said = (" ".join(cell.split()) for cell in cells if not is_blank(cell))
    short = (cell if len(cell) <= SAMPLE_LENGTH else f"{cell[: SAMPLE_LENGTH - 1]}…" for cell in said)
    return list(dict.fromkeys(short))[:SAMPLES]


def _confidence(suggested: list[Any]) -> str:
    column, confidence = suggested
    if column in (KEEP_AS_NOTE, LEAVE_OUT):
        return "none"
    return "sure" if confidence >= SURE else "likely" if confidence >= LIKELY else "guess"


def _choices() -> list[Any]:
    known = columns().values()
    return [
        (KEEP_AS_NOTE, "Keep in the notes"),
        (LEAVE_OUT, "Leave out"),
        ("Becomes part of the initiative", [(column.key, column.label) for column in known if column.lands]),
        ("Kept as a fact of it", [(column.key, column.label) for column in known if not column.lands]),
    ]


class ValueForm(forms.Form):
    """What one spelling stands for."""

    def __init__(self, kind: str, data: Any = None, *, entry: ValueMapEntry | None = None) -> None:
        prefix = f"entry-{entry.pk}" if entry else None
        super().__init__(data, prefix=prefix, initial={"value": entry.value if entry else ""})
        self.fields["value"] = _value_field(kind)
        if entry:
            self.fields["value"].label = f"What “{entry.raw}” stands for"


class NewSpellingForm(ValueForm):
    """A spelling that no file has held yet, and what it stands for."""

    def __init__(self, kind: str, data: Any = None) -> None:
        super().__init__(kind, data)
        raw = forms.CharField(label="As it stands in files", max_length=300)
        self.fields = {"raw": raw, "value": self.fields["value"]}
        self.fields["value"].required = True


def _value_field(kind: str) -> forms.Field:
    if kind == ValueMapEntry.Kind.DATE:
        return forms.CharField(
            label="Stands for",
            required=False,
            max_length=40,
            help_text="A day, a month or a year: 2021-06-30, 2021-06, 2021.",
        )
    if kind == ValueMapEntry.Kind.ORGANISATION:
        names = BusinessUnit.objects.active().filter(parent=None).order_by("name").values_list("name", flat=True)
        return forms.ChoiceField(
            label="Stands for",
            required=False,
            choices=[("", "Itself"), *((name, name) for name in names)],
            widget=LongSelect(),
        )
    values = [(value, value.replace("_", " ").capitalize()) for value in legal_values(kind)]
    return forms.ChoiceField(label="Stands for", required=False, choices=[("", "As found by itself"), *values])
