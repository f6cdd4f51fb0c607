"""Makes the site: `make docs` gathers the pages, writes those that come from the code, and lets Zensical build them.

A page that is written by hand lies in `docs`; one that says what the code says is written here each time and never
committed. The diagrams are committed, so that they are seen beside the source; `tests/docs` compares them.
"""
