"""What a lesson is: its page read into cells, and the plain values that the other rooms pass on."""
