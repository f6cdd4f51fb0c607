"""The core of FHIR Desk: records in, FHIR R4 resources out, a durable queue between. It knows no Qt."""

__version__ = "0.1.0"
