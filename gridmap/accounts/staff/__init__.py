"""The administrators' room: people, posts, organisations, staff lists, and who can see a place and why."""
