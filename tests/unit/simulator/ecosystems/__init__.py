"""The ecosystems of the simulator, held to what real devices put on the wire."""
