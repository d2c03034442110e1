from django import forms
from django.urls import reverse_lazy


class CommentForm(forms.Form):
    """A remark. It may name people with @."""

    text = forms.CharField(
        label="Comment",
        max_length=10_000,
        widget=forms.Textarea(
            {
                "rows": 3,
                "placeholder": "Ask, tell, or mention somebody with @",
                "data-mentions": reverse_lazy("accounts:person_search"),
            }
        ),
        error_messages={"required": "Write something first."},
    )


class LinkForm(forms.Form):
    """A web address with a name."""

    address = forms.CharField(
        max_length=1000, widget=forms.URLInput({"placeholder": "https://"}), help_text="Begins with https://."
    )
    name = forms.CharField(max_length=200, required=False, help_text="What is there; the address itself if empty.")


class FileForm(forms.Form):
    """A file from the person's machine."""

    file = forms.FileField(error_messages={"required": "Choose a file first.", "empty": "This file is empty."})
