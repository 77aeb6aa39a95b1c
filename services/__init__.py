"""The rooms of Anxin: facts come in at one door; the only way out is a recorded attempt to reach a person."""
