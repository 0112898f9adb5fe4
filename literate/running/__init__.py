"""What runs a lesson, and remembers what came out for as long as nothing of it has changed."""
