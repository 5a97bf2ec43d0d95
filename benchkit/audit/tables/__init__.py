"""Facts of the world as dated tables: providers, receivers, blocklists, special addresses, public suffixes. No lookups, no judgement."""
