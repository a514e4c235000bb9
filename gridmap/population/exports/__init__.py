"""Taking people's data out: asked, decided by a second person, made by the worker, fetched a few times, forgotten."""
