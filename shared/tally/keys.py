"""Which counters a look at what moved may leave out."""

# How the keys begin of which one subject may have any number, as words that people think of. Whatever
# moves such a counter moves another one of its subject too, so it is enough to look at those.
MANY = "word:"
# To follow a name for `tally_counters`, with which the index that leaves the many out can be used.
IS_LOOKED_AT = f"NOT starts_with(counter.key, '{MANY}')"
