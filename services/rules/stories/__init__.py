"""Stories: nights and months told beside a rulebook, with what must be found in them and what must not."""
