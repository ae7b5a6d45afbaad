"""What an export consists of: sections, which domains contribute, and the three forms they are written in."""
