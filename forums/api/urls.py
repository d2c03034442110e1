from aiso.api.routing import Nouns

from .actions import Actions
from .cadences import Cadences
from .forums import Forums
from .items import AgendaItems, Backlog
from .live import LiveItems, LiveMeetings, Proxies
from .meetings import ForumMeetings, Meetings
from .members import Members
from .minutes import Addenda, MeetingMinutes
from .pre_read import PreRead

nouns = Nouns()
nouns.add("forums", Forums, "forum")
nouns.add("forums/<slug:forum>/members", Members, "forum-member")
nouns.add("forums/<slug:forum>/cadence", Cadences, "forum-cadence")
nouns.add("forums/<slug:forum>/meetings", ForumMeetings, "forum-meeting")
nouns.add("forums/<slug:forum>/backlog", Backlog, "forum-backlog")
nouns.add("meetings", Meetings, "meeting")
nouns.add("meetings/<int:meeting>/items", AgendaItems, "agenda-item")
nouns.add("meetings/<int:meeting>/pre-read", PreRead, "pre-read")
nouns.add("meetings/<int:meeting>/live", LiveMeetings, "live-meeting")
nouns.add("meetings/<int:meeting>/proxies", Proxies, "meeting-proxy")
nouns.add("meetings/<int:meeting>/items", LiveItems, "live-item")
nouns.add("meetings/<int:meeting>/minutes", MeetingMinutes, "meeting-minutes")
nouns.add("meetings/<int:meeting>/addenda", Addenda, "addendum")
nouns.add("actions", Actions, "action")
urlpatterns = nouns.urls
