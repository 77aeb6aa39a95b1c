"""The report of a backtest as one page that stands by itself."""
