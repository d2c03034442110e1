"""The kinds of configuration that figures are compared with."""

from aiso.configuration.kinds import register_kind

from . import leadership_targets


def register_kinds() -> None:
    register_kind(leadership_targets.KIND)
