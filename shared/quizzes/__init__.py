"""Quizzes: questions against the clock, answers, scores and the leaderboard."""
