from aiso.api.routing import Nouns
from portfolio.api.below import INITIATIVE

from .checklists import Checklists
from .standards import Standards

nouns = Nouns()
nouns.add("standards", Standards, "standard")
nouns.add(f"{INITIATIVE}/checklists", Checklists, "checklist")
urlpatterns = nouns.urls
