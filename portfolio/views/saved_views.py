from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from aiso.accounts.models import User
from aiso.errors import DomainError

from ..actions.save_views import delete_view, save_view
from ..models import SavedView


@require_POST
def view_save(request: HttpRequest) -> HttpResponse:
    """Keep the register's address under a name."""
    assert isinstance(request.user, User)
    told = {"name": request.POST.get("name", ""), "query": request.POST.get("query", "")}
    try:
        view = save_view(actor=request.user, is_shared="is_shared" in request.POST, **told)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect(f"{reverse('portfolio:register')}?{told['query']}")
    messages.success(request, f"View “{view.name}” saved.")
    return redirect(f"{reverse('portfolio:register')}?{view.query}")


@require_POST
def view_delete(request: HttpRequest, pk: int) -> HttpResponse:
    assert isinstance(request.user, User)
    view = get_object_or_404(SavedView.objects.visible_to(request.user), pk=pk)
    delete_view(view, actor=request.user)
    messages.success(request, f"View “{view.name}” deleted.")
    return redirect("portfolio:register")
