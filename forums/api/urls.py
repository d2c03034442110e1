from aiso.api.routing import Nouns

from .cadences import Cadences
from .forums import Forums
from .items import AgendaItems, Backlog
from .live import LiveItems, LiveMeetings, Proxies
from .meetings import ForumMeetings, Meetings
from .members import Members

nouns = Nouns()
nouns.add("forums", Forums, "forum")
nouns.add("forums/<slug:forum>/members", Members, "forum-member")
nouns.add("forums/<slug:forum>/cadence", Cadences, "forum-cadence")
nouns.add("forums/<slug:forum>/meetings", ForumMeetings, "forum-meeting")
nouns.add("forums/<slug:forum>/backlog", Backlog, "forum-backlog")
nouns.add("meetings", Meetings, "meeting")
nouns.add("meetings/<int:meeting>/items", AgendaItems, "agenda-item")
nouns.add("meetings/<int:meeting>/live", LiveMeetings, "live-meeting")
nouns.add("meetings/<int:meeting>/proxies", Proxies, "meeting-proxy")
nouns.add("meetings/<int:meeting>/items", LiveItems, "live-item")
urlpatterns = nouns.urls
