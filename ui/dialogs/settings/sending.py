"""How the changes go to the server in use: how many at a time, how large, how fast."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QSpinBox, QWidget

from fhirdesk.core.settings import Profile, Settings
from fhirdesk.i18n.translation import N_, _, fill
from ui.design.measures import SHEET_CONTROL
from ui.dialogs.settings.page import Page, name_source
from ui.dialogs.sheet import make_button
from ui.widgets.fields import text_label

MOST, MOST_KB = 10_000, 1_000_000  # as core.settings has it
KB = 1000
WIDE = 128  # px of a number
NUMBERS = {
    "in_flight": N_("Requests at the same time"),
    "bundles_in_flight": N_("Bundles at the same time"),
    "bundle_entries": N_("Changes in a Bundle, at most"),
}
SWITCHES = {
    "gzip": (N_("Compression"), N_("Compress what is sent (gzip)")),
    "transactions": (N_("Transactions"), N_("Send many changes as one transaction where that is faster")),
}


class SendingPage(Page):
    """The limits of one profile. `profile_changed` carries the profile as it is to be kept."""

    profile_changed = Signal(object)  # Profile

    def __init__(self, settings: Settings, title: str, why_not: str = ""):
        """`title`: what the server is called. `why_not`: why its limits cannot be changed; empty: they can."""
        self._settings, self._profile = settings, settings.profile
        note = _("For {server}. The program sends less where the server turns out to take less.")
        super().__init__(_("How it is sent"), fill(note, server=title))
        self.inputs: dict[str, QWidget] = {}
        self._readers: dict[str, Callable[[], Any]] = {}
        self._build_numbers()
        self._build_switches()
        self.body.addStretch(1)
        self.save = make_button(_("Save"), self._save, primary=True)
        for each in (self.save, *self.inputs.values()):
            each.setEnabled(not why_not)
        self.save.setToolTip(why_not)
        footer = self.add_footer(self.save)
        footer.insertWidget(0, text_label(why_not, "muted"))

    def _build_numbers(self) -> None:
        self.add_part(_("How much at a time"))
        for name, label in NUMBERS.items():
            self._add_number(name, _(label), getattr(self._profile, name), MOST)
        kilobytes = self._profile.bundle_bytes // KB
        size = self._add_number("bundle_bytes", _("Size of a Bundle, at most"), kilobytes, MOST_KB)
        size.setSuffix(" kB")
        self._readers["bundle_bytes"] = lambda: self._read_size(size.value())
        rate = QDoubleSpinBox(maximum=100_000, decimals=1)
        rate.setSpecialValueText(_("no limit"))
        rate.setValue(self._profile.rate or 0.0)
        self._add("rate", _("Requests a second, at most"), rate, lambda: rate.value() or None)

    def _read_size(self, kilobytes: int) -> int:
        """The size in bytes; as it was, to the byte, where it was not changed."""
        before = self._profile.bundle_bytes
        return before if kilobytes == before // KB else kilobytes * KB

    def _build_switches(self) -> None:
        self.add_part(_("In which form"))
        for name, (label, text) in SWITCHES.items():
            box = QCheckBox(_(text))
            box.setChecked(getattr(self._profile, name))
            box.setMinimumHeight(SHEET_CONTROL)
            self._add(name, _(label), box, box.isChecked)
        seconds = fill(_("{seconds} s for a request, {bundle} s for a Bundle"), **self._list_deadlines())
        self.add_text(_("Time to answer"), seconds, name_source(self._settings.source_of("deadline")))

    def _list_deadlines(self) -> dict[str, str]:
        return {"seconds": f"{self._settings.deadline:g}", "bundle": f"{self._settings.bundle_deadline:g}"}

    def _add_number(self, name: str, label: str, value: int, most: int) -> QSpinBox:
        box = QSpinBox(minimum=1, maximum=most)
        box.setGroupSeparatorShown(True)
        box.setValue(value)
        self._add(name, label, box, box.value)
        return box

    def _add(self, name: str, label: str, control: QWidget, read: Callable[[], Any]) -> None:
        if isinstance(control, (QSpinBox, QDoubleSpinBox)):
            control.setFixedWidth(WIDE)
            control.lineEdit().setTextMargins(8, 0, 8, 0)  # the style sheet's padding does not reach it
            control.setMinimumHeight(SHEET_CONTROL)
        self.inputs[name], self._readers[name] = control, read
        self.add_row(label, control, name_source(self._settings.source_of(name)))

    def read_profile(self) -> Profile:
        """The profile with the values that are shown."""
        return replace(self._profile, **{name: read() for name, read in self._readers.items()})

    def _save(self) -> None:
        self.profile_changed.emit(self.read_profile())
