"""allauth's forms in this product's words: sentence case, and no placeholder that repeats the label."""

from typing import Any

from allauth.account import forms as account_forms
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp import forms as totp_forms

LABELS = {
    "login": "E-mail address",
    "email": "E-mail address",
    "remember": "Keep me signed in on this browser",
    "oldpassword": "Current password",
    "password1": "New password",
    "password2": "New password again",
}
# What the validators in the settings ask for, in a sentence.
RULES_OF_A_NEW_ONE = "At least 12 characters, not a common password, and nothing from your name or address."


class OurWords:
    """Mixed in before an allauth form."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = LABELS.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)
        if "password1" in self.fields:
            self.fields["password1"].help_text = RULES_OF_A_NEW_ONE
        if "password" in self.fields:
            # The way to a new password stands below the form.
            self.fields["password"].help_text = ""
        if "code" in self.fields:
            self.fields["code"].widget.attrs |= {"autofocus": True, "class": "code w-number", "spellcheck": "false"}


class LoginForm(OurWords, account_forms.LoginForm):  # type: ignore[misc]
    """Who are you?"""


class ReauthenticateForm(OurWords, account_forms.ReauthenticateForm):  # type: ignore[misc]
    """Is it still you?"""


class ResetPasswordForm(OurWords, account_forms.ResetPasswordForm):  # type: ignore[misc]
    """Where should the link go?"""


class ResetPasswordKeyForm(OurWords, account_forms.ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password, from the link."""


class ChangePasswordForm(OurWords, account_forms.ChangePasswordForm):  # type: ignore[misc]
    """A new password, from the account page."""


class SetPasswordForm(OurWords, account_forms.SetPasswordForm):  # type: ignore[misc]
    """A first password, for somebody who came by single sign-on."""


class AuthenticateForm(OurWords, mfa_forms.AuthenticateForm):  # type: ignore[misc]
    """The second step of signing in."""


class ReauthenticateCodeForm(OurWords, mfa_forms.ReauthenticateForm):  # type: ignore[misc]
    """The second step, asked again."""


class ActivateTOTPForm(OurWords, totp_forms.ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new authenticator app."""
