from django.urls import path

from portfolio import references  # noqa: F401 - a path names its converter

from . import after_urls
from .views import agenda, bodies, forum_page, initiative_agenda, meetings

app_name = "forums"
urlpatterns = [
    path("forums/", bodies.forum_list, name="forum_list"),
    path("forums/<slug:slug>/", forum_page.forum_meetings, name="forum_meetings"),
    path("forums/<slug:slug>/meetings/new/", meetings.meeting_call, name="meeting_call"),
    path("forums/<slug:slug>/backlog/new/", agenda.backlog_add, name="backlog_add"),
    path("forums/<slug:slug>/backlog/<int:item>/take-off/", agenda.backlog_take_off, name="backlog_take_off"),
    path("meetings/<int:pk>/", meetings.meeting_detail, name="meeting_detail"),
    path("meetings/<int:pk>/pre-read/", meetings.pre_read, name="pre_read"),
    path("meetings/<int:pk>/invitation.ics", meetings.meeting_invitation, name="meeting_invitation"),
    path("meetings/<int:pk>/history/", meetings.meeting_history, name="meeting_history"),
    path("meetings/<int:pk>/move/", meetings.meeting_move, name="meeting_move"),
    path("meetings/<int:pk>/cancel/", meetings.meeting_cancel, name="meeting_cancel"),
    path("meetings/<int:pk>/open/", meetings.meeting_open, name="meeting_open"),
    path("meetings/<int:pk>/refresh/", meetings.agenda_refresh, name="agenda_refresh"),
    path("meetings/<int:pk>/order/", agenda.agenda_order, name="agenda_order"),
    path("meetings/<int:pk>/items/new/", agenda.item_add, name="item_add"),
    path("meetings/<int:pk>/items/<int:item>/", agenda.item_detail, name="item_detail"),
    path("meetings/<int:pk>/items/<int:item>/edit/", agenda.item_edit, name="item_edit"),
    path("meetings/<int:pk>/items/<int:item>/up/", agenda.item_move, {"way": "up"}, name="item_up"),
    path("meetings/<int:pk>/items/<int:item>/down/", agenda.item_move, {"way": "down"}, name="item_down"),
    path("meetings/<int:pk>/items/<int:item>/take-off/", agenda.item_take_off, name="item_take_off"),
    path("meetings/<int:pk>/items/<int:item>/put-back/", agenda.item_put_back, name="item_put_back"),
    path("meetings/<int:pk>/items/<int:item>/put-off/", agenda.item_put_off, name="item_put_off"),
    path("meetings/<int:pk>/backlog/<int:item>/take-in/", agenda.backlog_take_in, name="backlog_take_in"),
    path(
        "initiatives/<reference:pk>/agenda/",
        initiative_agenda.initiative_put_on_agenda,
        name="initiative_put_on_agenda",
    ),
    path("administration/forums/", bodies.administration, name="administration"),
    path("administration/forums/<slug:slug>/", bodies.forum_detail, name="forum_detail"),
    path("administration/forums/<slug:slug>/edit/", bodies.forum_edit, name="forum_edit"),
    path("administration/forums/<slug:slug>/cadence/", forum_page.cadence_edit, name="cadence_edit"),
    path("administration/forums/<slug:slug>/history/", bodies.forum_history, name="forum_history"),
    path("administration/forums/<slug:slug>/members/", bodies.member_add, name="member_add"),
    path("administration/forums/<slug:slug>/members/<int:pk>/end/", bodies.member_end, name="member_end"),
    *after_urls.urlpatterns,
]
