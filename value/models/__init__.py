from .baseline import BaselineConfirmation, BaselineConfirmationQuerySet
from .catalogue import BenefitType, CatalogueLink, CatalogueMetric, UnitValue
from .claim import ClaimAnswer, MethodConfirmation, OpenClaim, ValuingMethod
from .cost_file import CostFile
from .durability_check import DurabilityCheck, DurabilityCheckQuerySet
from .ledger import LedgerEntry, LedgerEntryQuerySet
from .measurement import Measurement, MeasurementAnswer, MeasurementQuerySet
from .month import ClosedMonth
from .rate import ExchangeRate

__all__ = [
    "BaselineConfirmation",
    "BaselineConfirmationQuerySet",
    "BenefitType",
    "CatalogueLink",
    "CatalogueMetric",
    "ClaimAnswer",
    "ClosedMonth",
    "CostFile",
    "DurabilityCheck",
    "DurabilityCheckQuerySet",
    "ExchangeRate",
    "LedgerEntry",
    "LedgerEntryQuerySet",
    "Measurement",
    "MeasurementAnswer",
    "MeasurementQuerySet",
    "MethodConfirmation",
    "OpenClaim",
    "UnitValue",
    "ValuingMethod",
]
