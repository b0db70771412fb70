"""`alchemy generate`: how long it holds an engine."""

from alchemy_assets.cli.generate import left_after_asking
from alchemy_assets.orchestration.model import Model
from alchemy_assets.orchestration.pending import Progress
from alchemy_assets.settings import Generation
from tests.generation.tiny_gguf import build


def test_the_engine_is_left_as_soon_as_nothing_more_is_asked(tmp_path):
    """A model is in memory while it is asked, and not while samples are made of what it said."""
    llama = {"context": 512, "parallel": 1, "threads": 1}
    settings = Generation(engine="llama", model=str(build(tmp_path / "tiny.gguf")), llama=llama, keep_seconds=0)
    model = Model(settings, tmp_path / "store", tmp_path)
    seen = []
    waves = [Progress("record", total=1), Progress("generate", total=1), Progress("generate", "Go|0-of-1")]
    for told in left_after_asking(iter([*waves, Progress("sample", total=1)]), model):
        if told.wave == "generate":
            assert model.served.addresses
        seen.append((told.wave, len(list(tmp_path.glob("servers/*/served")))))
    assert seen == [("record", 0), ("generate", 1), ("generate", 1), ("sample", 0)]
