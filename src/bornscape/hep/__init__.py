"""Particle-physics images."""
