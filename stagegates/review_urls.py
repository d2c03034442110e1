"""The addresses of gate reviews and evidence."""

from django.urls import path

from portfolio import references  # noqa: F401 - paths name its converter

from .views import evidence, initiative_gates, review_list, reviews

urlpatterns = [
    path("initiatives/<reference:pk>/gates/", initiative_gates.initiative_gates, name="initiative_gates"),
    path("initiatives/<reference:pk>/reviews/open/", reviews.review_open, name="review_open"),
    path("initiatives/<reference:pk>/evidence/give/<path:code>/", evidence.evidence_give, name="evidence_give"),
    path(
        "initiatives/<reference:pk>/evidence/<int:evidence>/withdraw/",
        evidence.evidence_withdraw,
        name="evidence_withdraw",
    ),
    path("reviews/", review_list.review_list, name="review_list"),
    path("reviews/export/", review_list.review_export, name="review_export"),
    path("reviews/<int:pk>/", reviews.review_detail, name="review_detail"),
    path("reviews/<int:pk>/edit/", reviews.review_edit, name="review_edit"),
    path("reviews/<int:pk>/submit/", reviews.review_submit, name="review_submit"),
    path("reviews/<int:pk>/withdraw/", reviews.review_withdraw, name="review_withdraw"),
    path("reviews/<int:pk>/requirements/<int:requirement>/waive/", reviews.requirement_waive, name="requirement_waive"),
    path(
        "reviews/<int:pk>/requirements/<int:requirement>/ask-again/",
        reviews.requirement_ask_again,
        name="requirement_ask_again",
    ),
]
