"""The FHIR server: client, sign-in, capabilities, answers read into verdicts."""
