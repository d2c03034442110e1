"""Addresses of what follows from a meeting: its closing, its minutes, action items."""

from django.urls import path

from .views import action_items, minutes

urlpatterns = [
    path("meetings/<int:pk>/close/", minutes.meeting_close, name="meeting_close"),
    path("meetings/<int:pk>/minutes/", minutes.meeting_minutes, name="meeting_minutes"),
    path("meetings/<int:pk>/minutes/pdf/", minutes.minutes_pdf, name="minutes_pdf"),
    path("meetings/<int:pk>/minutes/addenda/", minutes.addendum_write, name="addendum_write"),
    path("meetings/<int:pk>/minutes/addenda/<int:addendum>/sign/", minutes.addendum_sign, name="addendum_sign"),
    path("meetings/<int:pk>/actions/new/", action_items.meeting_action_give, name="meeting_action_give"),
    path("forums/<slug:slug>/actions/new/", action_items.action_give, name="action_give"),
    path("actions/", action_items.action_list, name="action_list"),
    path("actions/export/", action_items.action_export, name="action_export"),
    path("actions/<int:pk>/", action_items.action_detail, name="action_detail"),
    path("actions/<int:pk>/finish/", action_items.action_finish, name="action_finish"),
    path("actions/<int:pk>/move/", action_items.action_move, name="action_move"),
    path("actions/<int:pk>/pass-on/", action_items.action_pass_on, name="action_pass_on"),
    path("actions/<int:pk>/drop/", action_items.action_drop, name="action_drop"),
    path("actions/<int:pk>/history/", action_items.action_history, name="action_history"),
]
