from django.urls import path

from . import after_urls
from .views import bodies

app_name = "forums"
urlpatterns = [
    path("forums/", bodies.forum_list, name="forum_list"),
    path("administration/forums/", bodies.administration, name="administration"),
    path("administration/forums/<slug:slug>/", bodies.forum_detail, name="forum_detail"),
    path("administration/forums/<slug:slug>/edit/", bodies.forum_edit, name="forum_edit"),
    path("administration/forums/<slug:slug>/history/", bodies.forum_history, name="forum_history"),
    path("administration/forums/<slug:slug>/members/", bodies.member_add, name="member_add"),
    path("administration/forums/<slug:slug>/members/<int:pk>/end/", bodies.member_end, name="member_end"),
    *after_urls.urlpatterns,
]
