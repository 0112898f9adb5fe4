"""Introduction to Neural Networks with PyTorch: the code that the lessons teach."""

__version__ = "0.1.0"
