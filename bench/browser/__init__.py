"""Parts of the benchmark of the map in the browser."""
