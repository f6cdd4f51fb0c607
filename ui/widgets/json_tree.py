"""A resource as a tree: names and values, opened step by step."""

import json
from typing import Any

from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from ui.models.paged import plain_tip
from ui.models.tables import visible

OPENED = 2  # levels that are open at first


class Branch(QTreeWidgetItem):
    """A line whose children wait until it is opened."""

    waiting: Any = None


class JsonTree(QTreeWidget):
    """Children are made when their parent is opened, so that a large Bundle costs nothing."""

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
        """Another language."""
        self.setAccessibleName(self.tr("The resource as a tree"))
        self.setHeaderLabels([self.tr("Element"), self.tr("Value")])

    def show_text(self, text: str) -> None:
        """JSON; numbers keep their digits."""
        if text == self._shown:
            return
        self._shown = text
        self.clear()
        try:
            value = json.loads(text, parse_float=_Digits, parse_int=_Digits) if text else None
        except ValueError:
            return
        if value is not None:
            self._fill(self.invisibleRootItem(), value, OPENED)

    def _fill(self, parent: QTreeWidgetItem, value: Any, levels: int) -> None:
        members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for name, member in members:
            item = Branch(parent, [visible(str(name)), _said(member)])
            item.setToolTip(1, plain_tip(item.text(1)))
            if isinstance(member, dict | list) and member:
                item.setChildIndicatorPolicy(QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator)
                item.waiting = member
                item.setExpanded(levels > 0)

    def _open(self, item: QTreeWidgetItem) -> None:
        if isinstance(item, Branch) and item.waiting is not None:
            waiting, item.waiting = item.waiting, None
            self._fill(item, waiting, 0 if item.parent() else OPENED - 1)


class _Digits(str):
    __slots__ = ()


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return "" if value else "{}"
    if isinstance(value, list):
        return "" if value else "[]"
    if isinstance(value, str):
        return visible(value)
    return {None: "null", True: "true", False: "false"}[value]
