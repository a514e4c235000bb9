"""Chinese addresses as departments write them: parsed, compared, matched. Knows no Django."""
