"""Sharded counters: the one way anything is counted.

Every row that counts (a vote, an upvote) carries `counts`, the moves it made: {counter key: amount}.
So a tally is by construction the sum of the `counts` of the rows, and a change, a retraction or an
erasure moves it by the difference of old and new `counts`, in the transaction of the row itself.
"""
