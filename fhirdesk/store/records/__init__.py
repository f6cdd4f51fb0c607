"""The local cache: records, what references call them, and what the server calls them."""
