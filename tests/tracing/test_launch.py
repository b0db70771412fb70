"""What run.sh says about building is what the sandbox does."""

import pytest

from alchemy_assets.sandbox.sandbox import Limits, Program
from alchemy_assets.sandbox.toolchains import plans
from alchemy_assets.tracing.launch import launch_of

PLANS = {"C": plans.c, "Cpp": plans.cpp, "Rust": plans.rust}


@pytest.mark.parametrize(
    ("language", "source", "option"),
    [
        ("C", "int main(void) { return 0; }\n", "-o"),
        ("Cpp", "int main() { auto x = 1 <=> 2; return x < 0; }\n", "-std=gnu++23"),
        ("Cpp", "int main() { return 0; }\n", ""),
        ("Rust", "async fn f() {}\nfn main() {}\n", "2021"),
    ],
)
def test_the_compile_line_has_the_standard_that_the_sandbox_builds_by(language, source, option):
    """A standard or an edition that the sandbox passes to the compiler stands in the line, and no other."""
    launch = launch_of(language, source)
    plan = PLANS[language](Program(language, {launch.entry: source.encode()}, launch.entry), Limits())
    said, done = launch.compile.split(), list(plan.compile or ())
    assert option in [*said, ""]
    assert [one for one in said if one.startswith(("-std", "--edition"))] == [
        one for one in done if one.startswith(("-std", "--edition"))
    ]
    assert ("2021" in said) == ("2021" in done)
