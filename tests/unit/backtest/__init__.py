"""One room by itself: backtests."""
