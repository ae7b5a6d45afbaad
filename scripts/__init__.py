"""What a person or a pipeline runs by hand. Only `environment` runs without the venv."""
