"""What writes a run down: as Markdown with figures beside it, as notebook and as script."""
