from aiso.api.routing import Nouns

from .actions import Actions
from .forums import Forums
from .members import Members
from .minutes import Addenda, MeetingMinutes

nouns = Nouns()
nouns.add("forums", Forums, "forum")
nouns.add("forums/<slug:forum>/members", Members, "forum-member")
nouns.add("meetings/<int:meeting>/minutes", MeetingMinutes, "meeting-minutes")
nouns.add("meetings/<int:meeting>/addenda", Addenda, "addendum")
nouns.add("actions", Actions, "action")
urlpatterns = nouns.urls
