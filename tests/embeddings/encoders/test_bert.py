"""The forward pass written out beside that of transformers."""

import pytest
import torch
from transformers import BertConfig, BertModel

from embeddings.encoders.bert import Bert


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("lengths", [[1], [7], [7, 7], [3, 9, 5]])
def test_the_hidden_state_is_that_of_transformers(lengths: list[int], dtype: torch.dtype) -> None:
    torch.manual_seed(3)
    config = BertConfig(vocab_size=50, hidden_size=24, num_hidden_layers=3, num_attention_heads=4, intermediate_size=48)
    model = BertModel(config).to(dtype).eval()
    mask = torch.tensor([[int(at < length) for at in range(max(lengths))] for length in lengths])
    tokens = torch.randint(1, 50, mask.shape) * mask
    with torch.inference_mode():
        expected = model(input_ids=tokens, attention_mask=mask).last_hidden_state
    found = Bert(model)(tokens, mask)
    kept = mask.bool()
    torch.testing.assert_close(found[kept], expected[kept])
