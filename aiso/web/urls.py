from django.urls import path

from . import views

app_name = "web"
urlpatterns = [
    path("", views.home, name="home"),
    path("counts/", views.counts_show, name="counts_show"),
    path("search/", views.search, name="search"),
    path("administration/", views.administration, name="administration"),
    path("preferences/", views.preferences_save, name="preferences_save"),
    path("healthz", views.health_alive, name="health_alive"),
    path("readyz", views.health_ready, name="health_ready"),
]
