"""What holds for every answer, log line and request body, whichever room makes it: headers, logs, bodies, checks."""
