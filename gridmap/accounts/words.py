"""Sentences about sessions, said on several pages."""

from django.utils.translation import gettext_lazy as _

from gridmap.accounts.sessions import Ended

SENTENCES = {
    Ended.UNKNOWN: _("Your session has ended. Please sign in again."),
    Ended.SIGNED_OUT: _("This session was ended from elsewhere. Please sign in again."),
    Ended.IDLE: _("You were away for a while and have been signed out. Please sign in again."),
    Ended.TOO_LONG: _("A session ends after some hours. Please sign in again."),
    Ended.SWITCHED_OFF: _("This account has been switched off. Ask the administrator."),
    Ended.PASSWORD: _("The password has been changed. Please sign in again."),
    Ended.NO_POST: _("Your post has ended. Ask the administrator if you think that is wrong."),
    Ended.SECOND_FACTOR: _("Your post now asks for a second factor. Please sign in again."),
    Ended.REVOKED: _("This screen has been taken out of service."),
}
#: One sentence for everything that is no token (any more): it tells nobody which.
NO_TOKEN = _("This token opens nothing: it is wrong, over or revoked.")
TOO_MANY_TOKENS = _("Too many wrong tokens came from this address; please wait an hour.")
TOKEN_LOOKS = _("A token only looks.")
