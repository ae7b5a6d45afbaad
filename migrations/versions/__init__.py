"""One module per change of the tables, in order. A package, so that checks see inside."""
