"""What the converters need to know of the settings."""

from fhirdesk.converters.context import Context
from fhirdesk.core.settings import Settings


def context_for(settings: Settings) -> Context:
    """The base of our own identifiers, the clinic's time zone and the server's vendor."""
    return Context(base=settings.base, time_zone=settings.time_zone, vendor=settings.profile.vendor)
