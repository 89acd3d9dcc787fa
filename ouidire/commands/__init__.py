"""The commands of `ouidire`, grouped by what they are for; `ouidire/cli.py` puts them together."""
