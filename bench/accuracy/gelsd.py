"""Reads problems from standard input: m and n as int64, then A and b as float64, rows of A
after one another. Writes x of LAPACK's dgelsd for each, truncated at n eps."""
import sys

import numpy as np

read, eps = sys.stdin.buffer.read, np.finfo(float).eps
while head := read(16):
    m, n = np.frombuffer(head, "<i8")
    a = np.frombuffer(read(8 * m * n), "<f8").reshape(m, n)
    b = np.frombuffer(read(8 * m), "<f8")
    x = np.linalg.lstsq(a, b, rcond=n * eps)[0]
    sys.stdout.buffer.write(x.astype("<f8").tobytes())
    sys.stdout.buffer.flush()
