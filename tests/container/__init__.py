"""The image, run as production runs it: `pytest -m container`; DOCKER_HOST and OVATION_IMAGE are set."""
