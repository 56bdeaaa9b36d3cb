from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse


@dataclass(frozen=True)
class Interactions:
    """`matrix` float32[n, len(products)], sparse; a row is a shopper's or a basket's, column j is of `products[j]`."""

    products: NDArray[np.int64]
    matrix: sparse.csr_matrix
