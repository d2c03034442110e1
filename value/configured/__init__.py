"""The kinds of configuration that figures are compared with."""

from aiso.configuration.kinds import register_kind

from . import leadership_targets, scorecards


def register_kinds() -> None:
    for kind in (scorecards.KIND, leadership_targets.KIND):
        register_kind(kind)
