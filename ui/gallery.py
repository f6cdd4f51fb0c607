"""Every component in every state: `python -m ui.gallery [--theme light|dark|contrast] [--save FILE]`."""

import argparse
import sys
from collections.abc import Sequence

from PySide6.QtWidgets import (
    QApplication,
    QGridLayout,
    QWidget,
)

from ui import theme
from ui.gallery_parts import (
    build_buttons,
    build_card,
    build_door,
    build_fields,
    build_notices,
    build_others,
    build_preview_parts,
    build_states,
    build_table,
)
from ui.gallery_servers import build_servers
from ui.gallery_sheets import build_choice, build_quote, build_timeline
from ui.widgets.notices import EmptyState


def build_gallery() -> QWidget:
    """Build the window that shows all components."""
    window = QWidget()
    window.setObjectName("gallery")
    window.setAutoFillBackground(True)
    grid = QGridLayout(window)
    grid.setContentsMargins(12, 12, 12, 12)
    grid.setSpacing(12)
    grid.addWidget(build_card("Buttons", build_buttons()), 0, 0)
    grid.addWidget(build_card("Inputs", build_fields()), 1, 0)
    grid.addWidget(build_card("Segments, tags, links, progress, tabs", *build_others()), 2, 0)
    grid.addWidget(build_card("Marks", build_states()), 0, 1)
    grid.addWidget(build_card("Rows", build_table()), 1, 1)
    grid.addWidget(build_card("Empty", EmptyState("saved", "Everything is saved on the server", "Checked 10:42")), 2, 1)
    grid.addWidget(build_card("Banners and toasts", *build_notices()), 3, 0)
    grid.addWidget(build_card("Sheets", *build_quote(), build_choice()), 4, 0)
    grid.addWidget(build_card("Doors of the first start", build_door()), 5, 0)
    grid.addWidget(build_card("Preview", *build_preview_parts()), 5, 1)
    grid.addWidget(build_card("Timeline", build_timeline()), 4, 1)
    grid.addWidget(build_card("Servers", *build_servers()), 3, 1)
    return window


def main(arguments: Sequence[str]) -> int:
    """Show the gallery, or save its picture."""
    parser = argparse.ArgumentParser(prog="python -m ui.gallery", description=__doc__)
    parser.add_argument("--theme", choices=[t.value for t in theme.Theme], default="light")
    parser.add_argument("--save", metavar="FILE", help="save a picture and end")
    options = parser.parse_args(arguments)
    app = QApplication(sys.argv[:1])
    theme.apply(app, theme.Theme(options.theme))
    window = build_gallery()
    window.resize(1440, 900)
    window.show()
    if options.save:
        return 0 if window.grab().save(options.save) else 1
    return app.exec()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
