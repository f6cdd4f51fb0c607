"""Brings the records of a clinic and its FHIR server in step: what is sent, read and decided, and in which order."""
