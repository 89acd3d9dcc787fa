"""Understand: posts to mentions, acts, cues and one reading each. Words are data in `lang/`, code has no language."""
