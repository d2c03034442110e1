from aiso.api.routing import Nouns

from .closings import Closings, DecommissioningTasks

nouns = Nouns()
nouns.add("closings", Closings, "closing")
nouns.add("decommissioning-tasks", DecommissioningTasks, "decommissioning-task")
urlpatterns = nouns.urls
