"""How far the opening of the records is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Opening:
    """What is known so far while the records are being opened."""

    has_desk: bool = False
    patients: int | None = None
    has_counts: bool = False

    @property
    def share(self) -> float | None:
        """How far it is, 0 to 1; None: all is known that the window shows first."""
        steps = (True, self.has_desk, self.patients is not None, self.has_counts)
        return None if all(steps) else sum(steps) / len(steps)


OPEN = Opening(True, 0, True)
