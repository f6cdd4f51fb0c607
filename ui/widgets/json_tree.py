"""A resource as a tree of names and values, opened step by step."""

import itertools
import json
from collections.abc import Iterator
from typing import Any

from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from fhirdesk.i18n.translation import _
from ui.models.tables import visible

OPENED = 2  # levels that are open at first
PART = 200  # members that are made at once: the next ones when "more" is opened


class Branch(QTreeWidgetItem):
    """A line of the tree whose children are made when it is opened."""

    waiting: Iterator[tuple[str, Any]] | None = None


class JsonTree(QTreeWidget):
    """Makes children when their parent is opened, so that a large Bundle costs nothing."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setColumnCount(2)
        self.setUniformRowHeights(True)
        self.setProperty("json", True)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.header().setStretchLastSection(True)
        self.itemExpanded.connect(self._open)
        self._shown: str | None = None
        self.retranslate()

    def retranslate(self) -> None:
        self.setAccessibleName(_("The resource as a tree"))
        self.setHeaderLabels([_("Element"), _("Value")])

    def show_text(self, text: str) -> None:
        """Show a JSON text; its numbers keep their digits."""
        if text == self._shown:
            return
        self._shown = text
        self.clear()
        try:
            value = json.loads(text, parse_float=_Digits, parse_int=_Digits) if text else None
        except ValueError:
            return
        self._fill(self.invisibleRootItem(), _members(value), OPENED)

    def _fill(self, parent: QTreeWidgetItem, members: Iterator[tuple[str, Any]], levels: int) -> None:
        for name, member in itertools.islice(members, PART):
            item = Branch(parent, [visible(name), _format_value(member)])
            item.setToolTip(1, item.text(1))
            if isinstance(member, dict | list) and member:
                self._await(item, _members(member))
                item.setExpanded(levels > 0)
        if (further := next(members, None)) is not None:
            self._await(Branch(parent, ["…", _("more")]), itertools.chain([further], members))

    @staticmethod
    def _await(item: Branch, members: Iterator[tuple[str, Any]]) -> None:
        item.setChildIndicatorPolicy(QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator)
        item.waiting = members

    def _open(self, item: QTreeWidgetItem) -> None:
        if isinstance(item, Branch) and item.waiting is not None:
            waiting, item.waiting = item.waiting, None
            self._fill(item, waiting, 0 if item.parent() else OPENED - 1)


def _members(value: Any) -> Iterator[tuple[str, Any]]:
    named = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return ((str(name), member) for name, member in named)


class _Digits(str):
    __slots__ = ()


def _format_value(value: Any) -> str:
    if isinstance(value, dict):
        return "" if value else "{}"
    if isinstance(value, list):
        return "" if value else "[]"
    if isinstance(value, str):
        return visible(value)
    return {None: "null", True: "true", False: "false"}[value]
