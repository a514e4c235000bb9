"""Where a request comes from: the machine that speaks to us, or whom a proxy of our own says it speaks for."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address of the browser; empty where there is none (a command, a test)."""
    return address_behind(str(request.META.get("REMOTE_ADDR") or ""), str(request.META.get("HTTP_X_FORWARDED_FOR", "")))


def address_behind(peer: str, forwarded: str) -> str:
    """The address of the browser by who speaks to us and by `X-Forwarded-For`.

    That header counts only from a proxy in `TRUSTED_PROXIES`, and of it only what our own proxies wrote: they
    append, so everything further left is what the browser made up. `PROXY_HOPS` says how many stand in a row.
    """
    if not _is_proxy(peer):
        return peer
    said = [part.strip() for part in forwarded.split(",")]
    if len(said) < settings.PROXY_HOPS:
        return peer
    found = _parsed(said[-settings.PROXY_HOPS])
    return str(found) if found else peer


def neighbourhood(request: HttpRequest) -> str:
    """What limits count by: an IPv4 address, or the /64 out of which one IPv6 household chooses its addresses."""
    found = _parsed(client_address(request))
    if isinstance(found, IPv6Address):
        return str(ip_network((found, 64), strict=False).network_address)
    return str(found or "0.0.0.0")  # noqa: S104  (no address to listen on: it stands for "unknown")


def _is_proxy(address: str) -> bool:
    found = _parsed(address)
    return found is not None and any(found in network for network in settings.TRUSTED_PROXIES)


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text.strip("[]"))
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found
