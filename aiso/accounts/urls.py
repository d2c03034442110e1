from django.urls import path

from .views import people, profile, tokens, units

app_name = "accounts"
urlpatterns = [
    path("administration/people/", people.people_list, name="people_list"),
    path("administration/people/invite/", people.person_invite, name="person_invite"),
    path("administration/people/service-accounts/add/", people.service_account_add, name="service_account_add"),
    path("administration/people/<int:pk>/", people.person_detail, name="person_detail"),
    path("administration/people/<int:pk>/edit/", people.person_edit, name="person_edit"),
    path("administration/people/<int:pk>/deactivate/", people.person_deactivate, name="person_deactivate"),
    path("administration/people/<int:pk>/reactivate/", people.person_reactivate, name="person_reactivate"),
    path("administration/people/<int:pk>/invite/", people.person_invite_again, name="person_invite_again"),
    path("administration/people/<int:pk>/tokens/", tokens.service_token_make, name="service_token_make"),
    path("administration/people/<int:pk>/history/", people.person_history, name="person_history"),
    path("administration/people/<int:pk>/roles/", people.role_grant, name="role_grant"),
    path("administration/people/<int:pk>/roles/<int:role_pk>/revoke/", people.role_revoke, name="role_revoke"),
    path("administration/units/", units.unit_list, name="unit_list"),
    path("administration/units/add/", units.unit_add, name="unit_add"),
    path("administration/units/<int:pk>/", units.unit_detail, name="unit_detail"),
    path("administration/units/<int:pk>/rename/", units.unit_rename, name="unit_rename"),
    path("administration/units/<int:pk>/move/", units.unit_move, name="unit_move"),
    path("administration/units/<int:pk>/retire/", units.unit_retire, name="unit_retire"),
    path("administration/units/<int:pk>/bring-back/", units.unit_bring_back, name="unit_bring_back"),
    path("administration/units/<int:pk>/history/", units.unit_history, name="unit_history"),
    path("people/search/", people.person_search, name="person_search"),
    path("profile/", profile.profile, name="profile"),
    path("profile/tokens/", tokens.token_make, name="token_make"),
    path("profile/tokens/<int:pk>/revoke/", tokens.token_revoke, name="token_revoke"),
]
