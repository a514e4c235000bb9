"""Editing what stands on the ground: one thing at a time, by whom the right reaches, against the state they saw."""
