"""The sample clinic: records of people who do not exist, the same for the same seed."""

from fhirdesk.sample import generate

__all__ = ["generate"]
