"""The parts of the benchmark of drawn grids: data, contenders, judge. `bench/partition.py` runs them."""
