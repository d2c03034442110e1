"""Whatever people do in whatever order: stages move by decisions alone, money adds up, duties stay separate, and what
was decided stands.
"""

from collections import Counter

from hypothesis import Phase, settings
from hypothesis.internal.conjecture.engine import ConjectureRunner
from hypothesis.internal.conjecture.providers import HypothesisProvider
from hypothesis.stateful import run_state_machine_as_test
from hypothesis.strategies._internal.featureflags import FeatureFlags

from aiso import clock

from .office import BEGINS, Cast, Office, publish_rules
from .rules import Rules

REPEATED = settings(derandomize=True, database=None, deadline=None, phases=[Phase.generate])
# What has to happen at all in these sequences: refusals alone would prove nothing.
OUTCOMES = ("approve", "conditions", "hold", "send_back", "pause", "resume", "terminate", "merge", "undo_merge")
HAPPENS = {
    *(f"decided: {each}" for each in (*OUTCOMES, "chair", "meeting", "writing")),
    *(f"decided on {each}, chair" for each in ("review", "FundingRequest", "Expansion", "initiative")),
    *(f"booked: {each}" for each in ("commit", "release", "spend", "free", "return")),
    *("release", "reverse", "confirmed", "waived", "signed off: approve", "signed off: object", "deputise"),
    *(f"{each}, not allowed" for each in ("open", "submit", "sign off", "decide", "record", "merge", "vote")),
    *(f"{each}, not allowed" for each in ("ask money", "decide request", "release", "spend", "reverse", "confirm")),
    *(f"rewriting {each} refused" for each in ("Decision", "FundingEntry", "StageChange", "SignOffAnswer", "Merge")),
    "money without approval refused",
}


def test_any_sequence_keeps_the_rules(db, monkeypatch):
    # Hypothesis mixes in numbers that it finds in whatever modules are loaded, which are others when other tests run
    # before this one. It leaves some rules out of each sequence, and varies few sequences instead of drawing new ones:
    # good for finding what breaks by one rule alone, but here one deed builds on many others.
    monkeypatch.setattr(HypothesisProvider, "_maybe_draw_constant", lambda *_, **__: None)
    monkeypatch.setattr(FeatureFlags, "is_enabled", lambda *_: True)
    monkeypatch.setattr(ConjectureRunner, "generate_mutations_from", lambda *_: None)
    monkeypatch.setattr(Office, "happened", Counter())
    with clock.fixed_at(BEGINS):
        publish_rules()
        monkeypatch.setattr(Office, "cast", Cast(), raising=False)
    told = settings(REPEATED, max_examples=16, stateful_step_count=30)
    run_state_machine_as_test(Rules, settings=told)
    assert HAPPENS - Office.happened.keys() == set()
