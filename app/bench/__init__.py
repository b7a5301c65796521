"""Measuring what each request costs the server, at two sizes of a city, beside a bare answer of the same process."""
