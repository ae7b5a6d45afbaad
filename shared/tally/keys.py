"""Which counters a look at what moved may leave out."""

# How the keys begin of which one subject may have any number, as words that people think of. Whatever
# moves such a counter moves another one of its subject too, so it is enough to look at those.
MANY = "word:"
