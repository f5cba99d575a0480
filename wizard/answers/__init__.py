"""Answers: what an operator decides, typed. Pure: knows no file, no AWS and no terminal."""
