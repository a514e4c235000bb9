"""Taking layers out: the rows of a list, a selection or whole layers as files that other tools open."""
