from aiso.api.routing import Nouns

from .me import Me
from .people import People
from .units import Units

nouns = Nouns()
nouns.add("me", Me, "me")
nouns.add("people", People, "person")
nouns.add("units", Units, "unit")
urlpatterns = nouns.urls
