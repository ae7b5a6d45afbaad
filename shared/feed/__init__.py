"""The change feed: a compacted log per event and audience that makes the audience free.

Control-plane changes `publish` in their own transaction; hot writes are published by the `tick`.
"""
