"""The themes found in what people said: the codebook, who found which one where, and that nothing is dropped."""
