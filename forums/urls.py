from django.urls import path

from . import views

app_name = "forums"
urlpatterns = [
    path("forums/", views.forum_list, name="forum_list"),
    path("administration/forums/", views.administration, name="administration"),
    path("administration/forums/<slug:slug>/", views.forum_detail, name="forum_detail"),
    path("administration/forums/<slug:slug>/edit/", views.forum_edit, name="forum_edit"),
    path("administration/forums/<slug:slug>/history/", views.forum_history, name="forum_history"),
    path("administration/forums/<slug:slug>/members/", views.member_add, name="member_add"),
    path("administration/forums/<slug:slug>/members/<int:pk>/end/", views.member_end, name="member_end"),
]
