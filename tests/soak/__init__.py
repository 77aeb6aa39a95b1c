"""The soak: a real house that is killed again and again while devices press, and a judge who counts
afterwards what was lost and what was doubled. `python3 do.py soak`.
"""
