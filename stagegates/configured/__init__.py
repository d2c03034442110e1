"""The kinds of configuration that gates and decisions read."""

from aiso.configuration.kinds import register_kind

from . import gates, matrix, rights


def register_kinds() -> None:
    for kind in (gates.KIND, matrix.KIND, rights.KIND):
        register_kind(kind)
