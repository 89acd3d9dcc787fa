"""Words that every part of Ouï-dire shares: records, configuration, settings, the command."""

__version__ = "0.1.0"
