from .adoption import AdoptionFile, AdoptionReading, AdoptionReadingQuerySet
from .baseline import BaselineConfirmation, BaselineConfirmationQuerySet
from .catalogue import BenefitType, CatalogueLink, CatalogueMetric, UnitValue
from .claim import ClaimAnswer, MethodConfirmation, OpenClaim, ValuingMethod
from .cost_file import CostFile
from .durability_check import DurabilityCheck, DurabilityCheckQuerySet
from .incident_cost import IncidentCost, IncidentCostQuerySet
from .kept_figures import AdoptionTotal, Ending, Launch, PilotSpell
from .kept_sums import CostMonth, DailySum, KeptMark, LiveSpell, LostSpan
from .ledger import LedgerEntry, LedgerEntryQuerySet
from .measurement import Measurement, MeasurementAnswer, MeasurementQuerySet
from .measurement_file import MeasurementFile
from .month import ClosedMonth
from .pack import BoardPack, BoardPackQuerySet, PackFile, PackSubscription
from .proposal import ReviewProposal, ReviewProposalQuerySet
from .rate import ExchangeRate
from .scorecard import ScorecardLine, ScorecardLineQuerySet
from .share import ClaimShare
from .sharing import (
    CostCentre,
    CostCentreMapping,
    SharedCost,
    SharedCostPart,
    SharingPart,
    SharingRule,
    SharingVersion,
)
from .tally import StandingTally
from .tranche_cost import TrancheCost
from .yearly_rate import YearlyRate

__all__ = [
    "AdoptionFile",
    "AdoptionReading",
    "AdoptionReadingQuerySet",
    "AdoptionTotal",
    "BaselineConfirmation",
    "BaselineConfirmationQuerySet",
    "BenefitType",
    "BoardPack",
    "BoardPackQuerySet",
    "CatalogueLink",
    "CatalogueMetric",
    "ClaimAnswer",
    "ClaimShare",
    "ClosedMonth",
    "CostCentre",
    "CostCentreMapping",
    "CostFile",
    "CostMonth",
    "DailySum",
    "DurabilityCheck",
    "DurabilityCheckQuerySet",
    "Ending",
    "ExchangeRate",
    "IncidentCost",
    "IncidentCostQuerySet",
    "KeptMark",
    "Launch",
    "LedgerEntry",
    "LedgerEntryQuerySet",
    "LiveSpell",
    "LostSpan",
    "Measurement",
    "MeasurementAnswer",
    "MeasurementFile",
    "MeasurementQuerySet",
    "MethodConfirmation",
    "OpenClaim",
    "PackFile",
    "PackSubscription",
    "PilotSpell",
    "ReviewProposal",
    "ReviewProposalQuerySet",
    "ScorecardLine",
    "ScorecardLineQuerySet",
    "SharedCost",
    "SharedCostPart",
    "SharingPart",
    "SharingRule",
    "SharingVersion",
    "StandingTally",
    "TrancheCost",
    "UnitValue",
    "ValuingMethod",
    "YearlyRate",
]
