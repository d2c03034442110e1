"""The kinds of configuration that gates and decisions read."""

from aiso.configuration.kinds import register_kind

from . import clocks, decommissioning, gates, matrix, rights, stage_times


def register_kinds() -> None:
    for kind in (gates.KIND, matrix.KIND, rights.KIND, clocks.KIND, stage_times.KIND, decommissioning.KIND):
        register_kind(kind)
