"""Colours, sizes, curves and saving, which every figure shares."""
