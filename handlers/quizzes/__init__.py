"""Endpoints of quizzes."""
