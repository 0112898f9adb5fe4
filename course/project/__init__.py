"""The final project: from a table to a decision, and the evidence that there is one to make."""
