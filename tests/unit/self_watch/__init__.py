"""The watch of the house over itself, on a clock that stands until it is moved."""
