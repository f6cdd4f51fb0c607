"""What the converters need to know of the settings."""

from fhirdesk.converters.context import Context
from fhirdesk.converters.mapper import Mapper
from fhirdesk.core.settings import Settings


def mapper_for(settings: Settings) -> Mapper:
    """The mapper that knows the base of our own identifiers, the clinic's time zone and the server's vendor."""
    return Mapper(Context(base=settings.base, time_zone=settings.time_zone, vendor=settings.profile.vendor))
