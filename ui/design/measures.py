"""Measures in device-independent pixels: the rhythm, and every height by its name."""

GAP = 12  # between cards, around them, and inside them: one rhythm
CARD_PADDING = 11  # and the card's line of 1
RADIUS_TAG, RADIUS_CONTROL, RADIUS_CARD, RADIUS_SHEET = 4, 6, 8, 12
TOP_BAR = CARD_HEAD = 44
PERSON_HEAD = 60  # of a card that is about a person: a name, and a line of facts
TABLE_HEAD = STATUS_BAR = CONTROL = 28
ROW = SHEET_CONTROL = 32
TALL_ROW = 40  # of two lines
TAB_BAR = FOOTER = 36
BANNER = 44
SHEET_FOOTER = 64
ICON = DISC = 16
RING = 4  # px around a button that its focus ring is painted in: a line of 2, and 2 px between
RING_LINE = 2
NARROW = 1200  # px: below this width the quiet buttons of the window lose their words
