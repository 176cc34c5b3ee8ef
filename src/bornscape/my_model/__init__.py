"""Is my model trainable? A user's circuit, loss, data or initialisation, measured over sizes and judged in words.

A model is an entry of the configuration's ``models``. Wire 0 is the most significant bit, angles are in radians, and
the kernel of the MMD is exp(-H / 2s) with the bandwidth s a variance, as everywhere in this package.
"""
