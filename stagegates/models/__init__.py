from .capacity import FunctionHours, SpecialistRequest
from .decision import Condition, Decision, StageByDecision
from .evidence import Evidence
from .function import FunctionMember, ReviewFunction
from .monitoring import MonitoringTask
from .review import GateReview, Requirement
from .sign_off import SignOff, SignOffAnswer, SignOffQuestion

__all__ = [
    "Condition",
    "Decision",
    "Evidence",
    "FunctionHours",
    "FunctionMember",
    "GateReview",
    "MonitoringTask",
    "Requirement",
    "ReviewFunction",
    "SignOff",
    "SignOffAnswer",
    "SignOffQuestion",
    "SpecialistRequest",
    "StageByDecision",
]
