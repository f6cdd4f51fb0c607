"""An unknown outcome: ask the server before anything is sent again."""
