"""Facts that several checks share, each an async function of the dossier: asked and parsed once, judged nowhere here."""
