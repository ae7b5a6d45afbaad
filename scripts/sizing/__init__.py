"""`scripts/capacity`: what an audience needs, and what that costs."""
