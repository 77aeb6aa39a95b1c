"""The matrix scenarios × faults: each story is played clean once and once under each fault, and what people
were told is held against the clean play. Which differences a fault may bring about is a table with reasons;
everything else is a failure, and a call for help that is lost or doubled always is one.
"""
