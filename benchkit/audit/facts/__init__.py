"""Facts that several checks share, each an async function of the context: asked and parsed once, judged nowhere here."""
