"""The kinds of configuration that the register reads."""

from aiso.configuration.kinds import register_kind

from . import appetite, autonomy, incidents, lane, objectives, questions, weights


def register_kinds() -> None:
    for kind in (
        *questions.KINDS,
        lane.KIND,
        autonomy.KIND,
        appetite.KIND,
        incidents.KIND,
        weights.KIND,
        objectives.KIND,
    ):
        register_kind(kind)
