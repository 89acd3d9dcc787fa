"""One file a type of source: its declaration, `seed` and `parse`."""
