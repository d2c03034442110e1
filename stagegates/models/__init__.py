from .ballot import BallotVote, WrittenBallot
from .capacity import FunctionHours, SpecialistRequest
from .condition import Condition
from .decision import Decision, NamedDecider, StageByDecision
from .evidence import Evidence
from .fast_lane import FastLaneAudit, TierConfirmation
from .function import FunctionMember, ReviewFunction
from .meeting_decision import MeetingDecision, MeetingVoice, ReviewItem
from .monitoring import MonitoringTask
from .review import GateReview, Requirement
from .sign_off import SignOff, SignOffAnswer, SignOffQuestion

__all__ = [
    "BallotVote",
    "Condition",
    "Decision",
    "Evidence",
    "FastLaneAudit",
    "FunctionHours",
    "FunctionMember",
    "GateReview",
    "MeetingDecision",
    "MeetingVoice",
    "MonitoringTask",
    "NamedDecider",
    "Requirement",
    "ReviewFunction",
    "ReviewItem",
    "SignOff",
    "SignOffAnswer",
    "SignOffQuestion",
    "SpecialistRequest",
    "StageByDecision",
    "TierConfirmation",
    "WrittenBallot",
]
