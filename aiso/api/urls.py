from django.urls import path

from . import views

urlpatterns = [
    path("", views.Root.as_view({"get": "list"}), name="root"),
    path("schema/", views.SchemaView.as_view(), name="schema"),
    path("docs/", views.docs, name="docs"),
    path("docs/problems/", views.docs_problems, name="docs_problems"),
]
