"""The design system: tokens, fonts, icons and the marks of states. Rules and pictures: docs/design.md."""
