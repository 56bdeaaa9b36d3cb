import numpy as np
import pytest
import torch

from embeddings.training.bank import TextBank
from embeddings.training.losses import contrast_texts


def test_contrast_texts_against_a_slow_twin() -> None:
    torch.manual_seed(0)
    joint = torch.nn.functional.normalize(torch.randn(4, 5), dim=1)
    texts = torch.nn.functional.normalize(torch.randn(6, 5), dim=1)
    texts[2] = texts[1]  # a twin of the right text of picture 0: no candidate
    labels, sources = torch.tensor([1, 0, 4, 5]), torch.tensor([0, 0, 0, 0, 1, 1])
    bank = TextBank([], np.array([]), sources, texts, np.array([]), np.array([]), texts, np.array([]))

    total = 0.0
    for j, right in zip(joint, labels.tolist(), strict=True):
        candidates = [
            k for k in range(6)
            if k == right or (sources[k] == sources[right] and texts[k] @ texts[right] <= 0.8)
        ]  # fmt: skip
        scores = {k: float(torch.exp(j @ texts[k] / 0.1)) for k in candidates}
        total += -np.log(scores[right] / sum(scores.values())) + 0.5 * (1 - float(j @ texts[right]))

    loss = contrast_texts(joint, texts, labels, bank, 0.1)
    assert float(loss) == pytest.approx(total / 4, abs=1e-5)
