"""A step of a patient's chain, as the head of the preview shows it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ChainNode:
    """One step of a chain: the record that it leads to, its mark, what it is, and how it stands."""

    type: str
    key: str
    mark: str
    label: str
    state: str
