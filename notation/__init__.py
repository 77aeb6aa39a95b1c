"""How stories and scenarios are written: times, spans, sentences, entries, and what is said of a fault in
them.

It is the one grammar of what is played by the rules alone and of what is played by the simulator against the
whole house. It knows neither of them and decides nothing about an event, an alert or a person.
"""
