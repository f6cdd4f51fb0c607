"""The embedded FHIR R4 server with a fault panel: for newcomers, tests and rehearsals."""
