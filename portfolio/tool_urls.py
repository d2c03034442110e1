"""The addresses below /tools/."""

from django.urls import path

from .views import suppliers, tools

urlpatterns = [
    path("", tools.tool_list, name="tool_list"),
    path("new/", tools.tool_add, name="tool_add"),
    path("<int:pk>/", tools.tool_detail, name="tool_detail"),
    path("<int:pk>/edit/", tools.tool_edit, name="tool_edit"),
    path("<int:pk>/retire/", tools.tool_retire, name="tool_retire"),
    path("<int:pk>/bring-back/", tools.tool_bring_back, name="tool_bring_back"),
    path("<int:pk>/clearances/<slug:function>/", tools.tool_clear, name="tool_clear"),
    path("suppliers/", suppliers.supplier_list, name="supplier_list"),
    path("suppliers/new/", suppliers.supplier_add, name="supplier_add"),
    path("suppliers/<int:pk>/", suppliers.supplier_detail, name="supplier_detail"),
    path("suppliers/<int:pk>/edit/", suppliers.supplier_edit, name="supplier_edit"),
    path("suppliers/<int:pk>/retire/", suppliers.supplier_retire, name="supplier_retire"),
    path("suppliers/<int:pk>/bring-back/", suppliers.supplier_bring_back, name="supplier_bring_back"),
]
