from aiso.api.routing import Nouns

from .forums import Forums
from .members import Members

nouns = Nouns()
nouns.add("forums", Forums, "forum")
nouns.add("forums/<slug:forum>/members", Members, "forum-member")
urlpatterns = nouns.urls
