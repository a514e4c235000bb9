"""Staff lists from XLSX and CSV: read in the closed room, tried out, applied."""
