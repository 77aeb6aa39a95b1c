"""Pictures: nights and days of a resident as SVG, made on the server, for every page that shows them.

`gathering` reads the events once, `bed` says from when until when somebody was in bed, the others draw what
these say; they reach no store and read no clock. A picture must never show more than the events say: where
nothing was reported, it says that nothing is known.
"""
