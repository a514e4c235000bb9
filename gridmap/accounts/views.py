"""The sign-in page."""

from django.contrib.auth.views import LoginView


class SignIn(LoginView):
    """Name and password; who is signed in already goes straight on. Too many wrong passwords lock the door a while."""

    template_name = "accounts/login.html"
    redirect_authenticated_user = True
