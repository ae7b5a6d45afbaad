"""The least that a Lambda of this stack imports: FastAPI and Mangum around nothing."""

from fastapi import FastAPI
from mangum import Mangum

handler = Mangum(FastAPI(), lifespan="off")
