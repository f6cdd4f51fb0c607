"""Commands as data, and what is generated from them: menus, buttons, the palette, the list of shortcuts."""
