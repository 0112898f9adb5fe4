"""Autograd: derivatives of what a program computes, found by the program itself."""
