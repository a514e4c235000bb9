"""Special groups (特殊人群): a separate room, off unless the setting opens it."""
