from django.urls import path

from .views import functions
from .views import sign_offs as views

urlpatterns = [
    path("sign-offs/", views.sign_off_queue, name="sign_off_queue"),
    path("sign-offs/<int:pk>/", views.sign_off_detail, name="sign_off_detail"),
    path("sign-offs/<int:pk>/answer/", views.sign_off_answer, name="sign_off_answer"),
    path("sign-offs/<int:pk>/ask/", views.sign_off_ask, name="sign_off_ask"),
    path("sign-offs/<int:pk>/questions/<int:question>/reply/", views.sign_off_reply, name="sign_off_reply"),
    path("sign-offs/<int:pk>/pass/", views.sign_off_delegate, name="sign_off_delegate"),
    path("sign-offs/answers/<int:pk>/", views.sealed_answer, name="sealed_answer"),
    path("administration/functions/", functions.function_list, name="function_list"),
    path("administration/functions/add/", functions.function_add, name="function_add"),
    path("administration/functions/<slug:slug>/", functions.function_detail, name="function_detail"),
    path("administration/functions/<slug:slug>/edit/", functions.function_edit, name="function_edit"),
    path("administration/functions/<slug:slug>/retire/", functions.function_retire, name="function_retire"),
    path("administration/functions/<slug:slug>/bring-back/", functions.function_bring_back, name="function_bring_back"),
    path("administration/functions/<slug:slug>/members/", functions.member_add, name="function_member_add"),
    path(
        "administration/functions/<slug:slug>/members/<int:pk>/end/", functions.member_end, name="function_member_end"
    ),
]
