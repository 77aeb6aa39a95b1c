"""The words of the pages: which texts the pages say, and which of them the catalogues lack."""
