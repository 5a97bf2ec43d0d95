"""Dated tables about providers, receivers, blocklists, special addresses and public suffixes. No lookups, no judgement."""
