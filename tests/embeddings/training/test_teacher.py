"""Layers taken over from the quantised teachers give what the teachers give."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

SAMPLE = Path(__file__).parents[4] / "shared" / "data"
pytestmark = pytest.mark.skipif(not (SAMPLE / "teacher").is_dir(), reason="the sample data folder is absent")


def test_an_heir_sees_what_its_teacher_sees() -> None:
    pytest.importorskip("ai_edge_litert", reason="the teachers need ai-edge-litert")
    from transformers import MobileNetV2Config, MobileNetV2Model

    from embeddings.training.teacher import V2_FILE, Teacher, inherit_weights, read_classifier

    picture = Image.open(SAMPLE / "eshop/images/1.jpg")
    look = Teacher(SAMPLE / "teacher").look(picture)
    heir = MobileNetV2Model(MobileNetV2Config(tf_padding=True)).eval()
    inherit_weights(heir, SAMPLE / "teacher" / V2_FILE)
    weight, bias = read_classifier(SAMPLE / "teacher" / V2_FILE)
    pixels = np.asarray(picture.resize((224, 224), Image.Resampling.BILINEAR), np.float32) / 127.5 - 1
    with torch.inference_mode():
        pooled = heir(torch.from_numpy(pixels).permute(2, 0, 1)[None]).pooler_output
        logits = (pooled @ weight.T + bias)[0].numpy()

    seen = pooled[0].numpy() / np.linalg.norm(pooled)
    assert seen @ look.features[1024:] > 0.98
    assert logits.argmax() == look.logits.argmax()
    assert np.corrcoef(logits, look.logits)[0, 1] > 0.98


def test_a_network_of_another_shape_is_refused() -> None:
    pytest.importorskip("ai_edge_litert", reason="the teachers need ai-edge-litert")
    from transformers import MobileNetV2Config, MobileNetV2Model

    from embeddings.training.teacher import V2_FILE, inherit_weights

    with pytest.raises(ValueError, match="does not fit"):
        inherit_weights(MobileNetV2Model(MobileNetV2Config(depth_multiplier=0.5)), SAMPLE / "teacher" / V2_FILE)
