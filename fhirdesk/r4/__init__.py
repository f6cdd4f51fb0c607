"""What FHIR R4 (4.0.1) is: JSON that keeps its digits, datatypes, code systems, the check."""
