"""Signing in and out, and one's own account."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from gridmap.accounts.confirming import confirm
from gridmap.accounts.own_factor import new_factor, own_factor, recovery_codes, remove_factor
from gridmap.accounts.own_password import own_password
from gridmap.accounts.own_sessions import end_everywhere, end_one, own_sessions
from gridmap.accounts.signin import SignIn, code
from gridmap.accounts.token_pages import new_token, own_tokens, revoke_own

app_name = "accounts"
urlpatterns = [
    path("login/", SignIn.as_view(), name="login"),
    path("login/code/", code, name="code"),
    path("second-factor/", own_factor, name="second_factor"),
    path("second-factor/new/", new_factor, name="new_factor"),
    path("second-factor/remove/", remove_factor, name="remove_factor"),
    path("recovery-codes/", recovery_codes, name="recovery_codes"),
    path("confirm/", confirm, name="confirm"),
    path("password/", own_password, name="password"),
    path("sessions/", own_sessions, name="sessions"),
    path("sessions/<int:pk>/end/", end_one, name="end_session"),
    path("sessions/end/", end_everywhere, name="end_sessions"),
    path("tokens/", own_tokens, name="tokens"),
    path("tokens/new/", new_token, name="new_token"),
    path("tokens/<int:pk>/revoke/", revoke_own, name="revoke_token"),
    path("logout/", LogoutView.as_view(), name="logout"),
]
