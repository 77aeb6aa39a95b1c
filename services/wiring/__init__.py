"""The only room that knows all the others: settings, clock, beats and the building of it all."""
