"""What of the notation can be played today: a scenario that asks for more is refused in a sentence, never
played without it.

Whoever teaches the simulator a trouble or an ecosystem adds its name here.
"""

TROUBLES: frozenset[str] = frozenset()
"""Names of `notation.sentences.TROUBLES`."""
ECOSYSTEMS: frozenset[str] = frozenset({"native"})
CHANNELS: frozenset[str] = frozenset({"webhook"})
LIVES = False
"""Whether residents live by themselves (`life:`)."""
