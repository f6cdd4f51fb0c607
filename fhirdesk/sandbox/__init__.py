"""The embedded FHIR R4 server: the newcomer's first one, the tests', the one that faults are rehearsed on."""
