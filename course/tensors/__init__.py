"""Tensors: the arrays of numbers that everything else in PyTorch is made of."""
