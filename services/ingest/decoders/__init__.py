"""Decoders: one file an ecosystem. A decoder is pure: it makes observations of a topic and bytes, and knows
neither clock nor store. A new ecosystem is a new file and a line in the registry.
"""

from services.ingest.decoders.registry import DECODERS, Decoder, decoder_of

__all__ = ["DECODERS", "Decoder", "decoder_of"]
