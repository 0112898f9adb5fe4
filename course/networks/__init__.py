"""Neural networks: models with hidden layers, and the loop that trains them."""
