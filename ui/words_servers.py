"""What servers are called and how they stand, in words."""

from urllib.parse import urlsplit

from fhirdesk.core.settings import DEFAULT_PROFILE, Profile
from fhirdesk.core.views import KnownServer, Link, ServerView
from fhirdesk.i18n.translation import _, fill
from ui import words


def name_server(profile: str, url: str | None, *, is_practice: bool = False) -> str:
    """The name of a profile; one without a name is called by its host, empty without an address."""
    if is_practice:
        return _("Practice server")
    return urlsplit(url or "").hostname or "" if profile == DEFAULT_PROFILE else profile


def title_server(profile: Profile) -> str:
    """The name of a profile in a list, where it always has one."""
    return name_server(profile.name, profile.url, is_practice=profile.demo) or _("No server yet")


def describe_link(view: ServerView) -> str:
    """How the connection stands, and how fast the server answers."""
    latency = f" · {view.latency_ms:.0f} ms" if view.latency_ms and view.link is Link.ONLINE else ""
    return _(words.LINKS[view.link][1]) + latency


def describe_server(known: KnownServer, view: ServerView | None) -> tuple[str, str]:
    """How a server stands and what waits for it, and the token of its colour. `view`: of the one that is open."""
    waiting = fill(_("{count} waiting"), count=words.format_count(known.waiting)) if known.waiting else ""
    if view is None:
        return waiting or _("nothing waits"), "muted"
    tone = "conflict" if view.link in (Link.OFFLINE, Link.PAUSED) else "muted"
    return " · ".join(filter(None, (describe_link(view), waiting))), tone
