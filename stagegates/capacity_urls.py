"""The addresses of capacity."""

from django.urls import path

from portfolio import references  # noqa: F401 - paths name its converter

from .views import capacity

urlpatterns = [
    path("capacity/", capacity.capacity, name="capacity"),
    path("capacity/<slug:function>/<str:month>/", capacity.capacity_month, name="capacity_month"),
    path("specialists/<int:pk>/answer/", capacity.specialists_answer, name="specialists_answer"),
    path("specialists/<int:pk>/withdraw/", capacity.specialists_withdraw, name="specialists_withdraw"),
    path("initiatives/<reference:pk>/specialists/new/", capacity.specialists_ask, name="specialists_ask"),
]
