"""Drawing of boxes and arrows as SVG, in colours that are read on a light and on a dark page."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

STYLE = (
    "text{font:14px system-ui,sans-serif;fill:#1b2733}.small{font-size:12px;fill:#52606d}"
    ".box{fill:#fff;stroke:#0b6e75;stroke-width:1.5}.calm{fill:#e8f3f1}.alarm{fill:#fdecea;stroke:#b3261e}"
    ".final{stroke-dasharray:5 3}.edge{fill:none;stroke:#52606d;stroke-width:1.3}.head{fill:#52606d}"
)
MARKER = (
    '<marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">'
    '<path class="head" d="M0 0 10 5 0 10z"/></marker>'
)


@dataclass(frozen=True, slots=True)
class Box:
    """A box with its words: centre, width and height in pixels; `kind` is a class of STYLE."""

    text: str
    x: float
    y: float
    width: float = 120
    height: float = 40
    kind: str = ""
    note: str = ""  # a smaller line below the text

    def border(self, dx: float, dy: float, gap: float = 3) -> tuple[float, float]:
        """The point, `gap` outside the border, at which a line from the centre in that direction leaves the box."""
        scale = min((s / 2 + gap) / abs(d) if d else math.inf for s, d in ((self.width, dx), (self.height, dy)))
        return self.x + dx * scale, self.y + dy * scale


def draw_box(box: Box) -> str:
    """The box with its words."""
    left, top = box.x - box.width / 2, box.y - box.height / 2
    rect = (
        f'<rect class="box {box.kind}" x="{left:g}" y="{top:g}" width="{box.width:g}" height="{box.height:g}" rx="7"/>'
    )
    return rect + _words(box)


def _words(box: Box) -> str:
    if not box.note:
        return draw_text(box.text, box.x, box.y + 5)
    return draw_text(box.text, box.x, box.y - 3) + draw_text(box.note, box.x, box.y + 14, "small")


def draw_text(text: str, x: float, y: float, kind: str = "") -> str:
    """Words, centred on x, standing on y."""
    return f'<text class="{kind}" x="{x:g}" y="{y:g}" text-anchor="middle">{escape(text)}</text>'


def draw_dot(x: float, y: float, *, is_filled: bool) -> str:
    """A dot for yes, a small ring for no."""
    look = 'class="head" r="7"' if is_filled else 'class="edge" r="3" opacity=".35"'
    return f'<circle {look} cx="{x:g}" cy="{y:g}"/>'


def draw_arrow(start: Box, end: Box, bend: float = 0.0) -> str:
    """An arrow between two boxes; `bend` is how far its middle lies to the left of the straight line, in pixels."""
    dx, dy = end.x - start.x, end.y - start.y
    length = math.hypot(dx, dy) or 1.0
    middle_x = (start.x + end.x) / 2 + dy / length * bend
    middle_y = (start.y + end.y) / 2 - dx / length * bend
    from_x, from_y = start.border(middle_x - start.x, middle_y - start.y)
    to_x, to_y = end.border(middle_x - end.x, middle_y - end.y, gap=4)
    way = f"M{from_x:.1f} {from_y:.1f}Q{middle_x:.1f} {middle_y:.1f} {to_x:.1f} {to_y:.1f}"
    return f'<path class="edge" marker-end="url(#head)" d="{way}"/>'


def picture(width: int, height: int, title: str, parts: Iterable[str]) -> str:
    """The whole file. It fetches nothing and runs nothing."""
    lines = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img">\n<title>{escape(title)}</title>\n<style>{STYLE}</style>\n<defs>{MARKER}</defs>\n'
        f'<rect width="{width}" height="{height}" rx="10" fill="#f6f8f9"/>\n{lines}\n</svg>\n'
    )
