"""The four components of the pipeline, in the order they run: mentions, cues, acts, umot. None branches on language."""
