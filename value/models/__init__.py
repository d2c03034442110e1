from .catalogue import BenefitType, CatalogueLink, CatalogueMetric, UnitValue
from .claim import ClaimAnswer, MethodConfirmation, OpenClaim, ValuingMethod
from .cost_file import CostFile
from .ledger import LedgerEntry, LedgerEntryQuerySet
from .measurement import Measurement, MeasurementAnswer, MeasurementQuerySet
from .month import ClosedMonth
from .rate import ExchangeRate
from .sharing import (
    CostCentre,
    CostCentreMapping,
    SharedCost,
    SharedCostPart,
    SharingPart,
    SharingRule,
    SharingVersion,
)

__all__ = [
    "BenefitType",
    "CatalogueLink",
    "CatalogueMetric",
    "ClaimAnswer",
    "ClosedMonth",
    "CostCentre",
    "CostCentreMapping",
    "CostFile",
    "ExchangeRate",
    "LedgerEntry",
    "LedgerEntryQuerySet",
    "Measurement",
    "MeasurementAnswer",
    "MeasurementQuerySet",
    "MethodConfirmation",
    "OpenClaim",
    "SharedCost",
    "SharedCostPart",
    "SharingPart",
    "SharingRule",
    "SharingVersion",
    "UnitValue",
    "ValuingMethod",
]
