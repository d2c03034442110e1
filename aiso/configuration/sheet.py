"""A content as forms, one for its top and one for each row: what the draft page shows, and what checks a content."""

from collections import Counter
from typing import Any

from django.forms.boundfield import BoundField
from django.utils.datastructures import MultiValueDict
from django.utils.functional import cached_property
from django.utils.text import capfirst

from .reading import gist_of
from .shape import Content, Level, Rows, fields_of, groups_of, label_of, new_code, stored, title_of


class Sheet:
    """The forms of one level. Checked, it drops rows that nobody filled in; else it shows them to be filled in."""

    def __init__(self, level: Level, content: Content, *, checked: bool, prefix: str = "") -> None:
        self.level, self.prefix = level, prefix
        self.code = content.get("code", "")
        self.content_so_far = content
        self.is_focused = False
        values = {name: content.get(name) for name in fields_of(level)}
        if checked:
            self.form = level.form(_as_data(values, prefix), prefix=prefix or None)
        else:
            self.form = level.form(initial=values, prefix=prefix or None)
        self.rows = self._rows_of(content, checked=checked)

    def _rows_of(self, content: Content, *, checked: bool) -> "list[Sheet]":
        if self.level.rows is None:
            return []
        rows = [row for row in content[self.level.rows.name] if not (checked and _is_blank(row))]
        before = f"{self.prefix}-" if self.prefix else ""
        return [
            Sheet(self.level.rows, row, checked=checked, prefix=f"{before}{self.level.rows.name}-{number}")
            for number, row in enumerate(rows)
        ]

    @property
    def list_address(self) -> str:
        """Where a new row goes, as the form's buttons name it."""
        assert self.level.rows is not None
        return f"{self.prefix}-{self.level.rows.name}" if self.prefix else self.level.rows.name

    @property
    def title(self) -> str:
        """The row's name as it is typed so far."""
        assert isinstance(self.level, Rows)
        return str(self.form[self.level.called_by].value() or "")

    @property
    def groups(self) -> list[tuple[str, list[BoundField]]]:
        """The fields of a row, the one that names it first."""
        assert isinstance(self.level, Rows)
        groups = [(title, [self.form[name] for name in names]) for title, names in groups_of(self.level)]
        named = self.form[self.level.called_by]
        if groups and not groups[0][0]:
            return [("", [named, *groups[0][1]]), *groups[1:]]
        return [("", [named]), *groups]

    @property
    def gist(self) -> str:
        """The row in one line, while it is folded."""
        assert isinstance(self.level, Rows)
        return gist_of(self.level, self.content_so_far)

    @property
    def is_open(self) -> bool:
        """Whether a folded row stands open: it is new, was just moved, or is wrong, or a row inside it is."""
        is_wrong = self.form.is_bound and bool(self.form.errors)
        return not self.code or self.is_focused or is_wrong or any(row.is_open for row in self.rows)

    def is_valid(self) -> bool:
        return not self.errors

    @cached_property
    def errors(self) -> list[tuple[str, str, str]]:
        """All that is wrong, here and below: where, what, and the id of the control to go to."""
        if self.level.rows and not self.form.errors.get("__all__"):
            self._check_rows(self.level.rows)
        return [*self._own_errors(), *(error for row in self.rows for error in row.errors)]

    def _check_rows(self, rows: Rows) -> None:
        if len(self.rows) < rows.least:
            least = f"at least {rows.least} {rows.many}" if rows.least > 1 else f"at least one {rows.one}"
            self.form.add_error(None, f"{capfirst(least)} must stand here.")
        names = Counter(_folded(row) for row in self.rows)
        for row in self.rows:
            if _folded(row) and names[_folded(row)] > 1 and rows.called_by not in row.form.errors:
                row.form.add_error(rows.called_by, f"“{row.title}” stands here more than once.")

    def _own_errors(self) -> list[tuple[str, str, str]]:
        where = title_of(self.level, {self.level.called_by: self.title}) if isinstance(self.level, Rows) else ""
        return [
            (
                _place(where, self._label(name)),
                str(message),
                self.form[name].id_for_label if name in self.form.fields else "",
            )
            for name, messages in self.form.errors.items()
            for message in messages
        ]

    def _label(self, name: str) -> str:
        return label_of(name, self.form.fields[name]) if name in self.form.fields else ""

    def content(self) -> Content:
        """The content as it is stored. Rows that are new get their codes, made from their names."""
        content: Content = {name: stored(value) for name, value in self.form.cleaned_data.items()}
        if self.level.rows:
            rows = [row.content() for row in self.rows]
            content[self.level.rows.name] = _coded(self.level.rows, rows, [row.code for row in self.rows])
        return content


def _coded(rows: Rows, contents: list[Content], codes: list[str]) -> list[Content]:
    """Codes that are there stay, the first time they stand there."""
    taken = {code for code in codes if code}
    used: set[str] = set()
    coded = []
    for code, content in zip(codes, contents, strict=True):
        if not code or code in used:
            code = new_code(str(content[rows.called_by]), taken | used, rows.one)
        used.add(code)
        coded.append({"code": code, **content})
    return coded


def _as_data(values: dict[str, Any], prefix: str) -> "MultiValueDict[str, Any]":
    before = f"{prefix}-" if prefix else ""
    data: MultiValueDict[str, Any] = MultiValueDict()
    for name, value in values.items():
        data.setlist(f"{before}{name}", value if isinstance(value, list) else [value])
    return data


def _is_blank(row: Content) -> bool:
    """A row that was added and left empty. One that was there before is not dropped in silence."""
    values = [value for name, value in row.items() if name != "code"]
    return not row["code"] and all(_is_blank_value(value) for value in values)


def _is_blank_value(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(each, dict) and _is_blank(each) for each in value)
    return not value.strip() if isinstance(value, str) else not value


def _folded(row: Sheet) -> str:
    return " ".join(row.title.split()).casefold()


def _place(where: str, label: str) -> str:
    return ": ".join(part for part in (where, label) if part)
