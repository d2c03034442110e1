from aiso.api.routing import Nouns
from portfolio import references  # noqa: F401 - paths name its converter
from portfolio.api.below import INITIATIVE

from .measurements import InitiativeMeasurements, Measurements

nouns = Nouns()
nouns.add("measurements", Measurements, "measurement")
nouns.add(f"{INITIATIVE}/measurements", InitiativeMeasurements, "initiative-measurement")
urlpatterns = nouns.urls
