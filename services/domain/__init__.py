"""The nouns of the house: what happened, who lives where, and the ports that the outer rooms fill."""
