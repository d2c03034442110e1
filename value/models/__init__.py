from .measurement import Measurement, MeasurementAnswer, MeasurementQuerySet

__all__ = ["Measurement", "MeasurementAnswer", "MeasurementQuerySet"]
