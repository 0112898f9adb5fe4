"""Classification: from a score to a probability, and from probabilities to decisions."""
