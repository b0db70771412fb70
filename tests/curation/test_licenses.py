"""Licences: SPDX expressions, evidence, and the three-valued policy over occurrences."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemy_assets.curation import licenses
from alchemy_assets.curation.license_headers import of_header, without_notice
from alchemy_assets.errors import SettingsError
from alchemy_assets.settings import LicensePolicy
from tests.builders import source_file

ALLOWED = frozenset({"MIT", "Apache-2.0", "BSD-3-Clause"})
GPL = """# This program is free software; you can redistribute it and/or modify
# it under the terms of the GNU General Public License as published by
# the Free Software Foundation; either version 2 of the License, or
# (at your option) any later version.
"""


@pytest.mark.parametrize(
    ("expression", "judgement"),
    [
        ("MIT", "allowed"),
        ("mit", "allowed"),
        ("GPL-3.0-only", "denied"),
        ("MIT OR GPL-2.0-only", "allowed"),
        ("MIT AND GPL-2.0-only", "denied"),
        ("MIT AND LicenseRef-mine", "unknown"),
        ("GPL-2.0-only AND LicenseRef-mine", "denied"),
        ("GPL-2.0-only OR LicenseRef-mine", "unknown"),
        ("(MIT AND Apache-2.0) OR GPL-2.0-only", "allowed"),
        ("Apache-2.0 WITH LLVM-exception", "allowed"),
        ("GPL-2.0-only WITH Classpath-exception-2.0", "denied"),
        ("MIT/Apache-2.0", "allowed"),
        ("MIT GPL-2.0-only", "unknown"),
        ("NOASSERTION", "unknown"),
        ("", "unknown"),
    ],
)
def test_an_expression_is_as_good_as_its_parts_say(expression, judgement):
    """AND takes the worst part, OR the best; what SPDX does not know, and what cannot be parsed, is unknown."""
    assert licenses.judge(expression, ALLOWED) == judgement


def test_a_listed_exception_is_allowed_though_its_licence_is_not():
    """A policy may name a whole WITH term without allowing the licence by itself."""
    assert (
        licenses.judge("GPL-2.0-only WITH Classpath-exception-2.0", ALLOWED | {"GPL-2.0 WITH Classpath-exception-2.0"})
        == "allowed"
    )


@pytest.mark.parametrize(
    ("header", "expression"),
    [
        ("# SPDX-License-Identifier: MIT\n", "MIT"),
        (
            (
                "//  This source code is licensed under both the GPLv2 (found in the\n//  COPYING file in the root directory)"
                " and Apache 2.0 License\n//  (found in the LICENSE.Apache file in the root directory).\n"
            ),
            "Apache-2.0 OR GPL-2.0-only",
        ),
        (
            "/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR MIT) */",
            "((GPL-2.0 WITH Linux-syscall-note) OR MIT)",
        ),
        ("<!-- SPDX-License-Identifier: Apache-2.0 -->", "Apache-2.0"),
        (GPL, "GPL-2.0-or-later"),
        ("// under the terms of the GNU Lesser General Public License version 2.1", "LGPL-2.1-only"),
        ("// Licensed under GPLv3", "GPL-3.0-only"),
        ("* subject to the terms of the Mozilla Public\n * License, v. 2.0.", "MPL-2.0"),
        ("# Licensed under the Apache License, Version 2.0 (the", "Apache-2.0"),
        ("/* Dual licensed under the MIT or GPL Version 2 licenses. */", "GPL-2.0-only OR MIT"),
        ("# Use of this source code is governed by a BSD-style license", ""),
        ("print('a general public holiday')", ""),
    ],
)
def test_a_header_states_its_licence(header, expression):
    """SPDX lines and the usual sentences are read through any comment signs; a mere pointer to a file states nothing."""
    assert of_header(header) == expression


def judged(files, **policy):
    """The verdict of one file as a row."""
    return licenses.stage(LicensePolicy(**policy)).judge(files).row(0, named=True)


def decided(verdict):
    """The licence that decides, and how it is judged."""
    return verdict["signals"]["license"], verdict["signals"]["judgement"]


def test_the_files_own_header_wins_over_its_repository():
    """A GPL file in an MIT repository is denied, and an MIT file in a GPL repository allowed."""
    assert judged(source_file(GPL))["reasons"] == ["the licence is not allowed"]
    assert (
        judged(source_file("# SPDX-License-Identifier: MIT\n", licenses=["GPL-3.0-only"]))["signals"]["license"]
        == "MIT"
    )


def test_one_allowed_occurrence_is_enough_unless_strict():
    """A blob that lies in an MIT and in a GPL repository is kept by default, and rejected where all must allow it."""
    files = source_file(occurrences=[{"licenses": ["GPL-3.0-only"]}, {"licenses": ["MIT"]}])
    loose, strict = judged(files)["signals"], judged(files, strict=True)["signals"]
    assert (loose["license"], loose["judgement"]) == ("MIT", "allowed")
    assert (strict["license"], strict["judgement"]) == ("GPL-3.0-only", "denied")


def test_all_licences_of_a_repository_hold_together():
    """A repository that lists MIT and GPL is denied: a file of it may be under either."""
    assert judged(source_file(licenses=["MIT", "GPL-3.0-only"]))["signals"]["license"] == "GPL-3.0-only AND MIT"


def test_the_policy_says_what_happens_to_unknown_licences():
    """A file without a licence passes and is counted, or is rejected, as the policy says."""
    files = source_file(licenses=None)
    assert judged(files)["kept"]
    signals = judged(files)["signals"]
    assert (signals["license"], signals["judgement"]) == ("", "unknown")
    assert judged(files, unknown="reject")["reasons"] == ["the licence is unknown"]


def test_a_corpus_may_have_a_licence_for_files_that_state_none():
    """It is assumed for that corpus alone, said to be assumed, and gives way to a header and to a repository's licence."""
    policy = {"default_of": {"refinecode": "MIT", "local": "GPL-3.0-only"}, "unknown": "reject"}
    silent = source_file(occurrences=[{"corpus": "refinecode", "licenses": []}])
    verdict = judged(silent, **policy)
    assert decided(verdict) == ("MIT", "allowed")
    assert verdict["detail"] == "assumed for corpus refinecode"
    assert judged(silent, unknown="reject")["reasons"] == ["the licence is unknown"]
    assert decided(judged(source_file(licenses=None), **policy)) == ("GPL-3.0-only", "denied")
    stated = judged(source_file(licenses=["Apache-2.0"]), **policy)
    assert (decided(stated), stated["detail"]) == (("Apache-2.0", "allowed"), "said in its repository")
    assert judged(source_file(GPL, licenses=None), **policy)["signals"]["license"] == "GPL-2.0-or-later"


def test_a_changed_policy_reads_no_text_again():
    """The same facts are decided under any policy, defaults of corpora too, as if they were measured under it."""
    files = pl.concat(
        [
            source_file(GPL),
            source_file(licenses=None, path="other.py", text="x = 1\n"),
            source_file(occurrences=[{"corpus": "a", "licenses": []}, {"corpus": "b", "licenses": ["MIT"]}]),
        ]
    )
    facts = licenses.stage(LicensePolicy()).facts(files)
    for policy in (
        LicensePolicy(),
        LicensePolicy(strict=True, default_of={"a": "GPL-3.0-only"}),
        LicensePolicy(unknown="reject", default_of={"local": "MIT"}),
    ):
        stage = licenses.stage(policy)
        assert stage.decide(facts).equals(stage.judge(files))


@pytest.mark.parametrize("expression", ["permissive", "MIT AND", "LicenseRef-mine", ""])
def test_a_default_that_is_no_licence_is_an_error(expression):
    """The corpus and the expression are named."""
    with pytest.raises(SettingsError, match=r"licenses\.default_of\.refinecode"):
        licenses.stage(LicensePolicy(default_of={"refinecode": expression}))


def test_a_sentence_is_read_wherever_it_stands_in_the_header():
    """What stands before and behind a notice does not hide it, and one behind the header is not looked for."""
    code = "value = compute(value)\n" * 60
    assert of_header(f"{code}{GPL}{code}"[:4_000]) == "GPL-2.0-or-later"
    assert judged(source_file(code * 4 + GPL))["signals"]["license"] == "MIT"


@given(st.permutations(["MIT", "GPL-3.0-only", "Apache-2.0", "LicenseRef-x", ""]), st.booleans())
def test_the_order_of_occurrences_does_not_matter(expressions, strict):
    """The licence that is chosen is the same however the occurrences are listed."""
    assert licenses.choose(expressions, ALLOWED, strict=strict) == licenses.choose(
        sorted(expressions), ALLOWED, strict=strict
    )


@given(st.text(max_size=60))
def test_any_text_gets_a_judgement(text):
    """Whatever stands where a licence should is judged, not crashed on."""
    assert licenses.judge(text, ALLOWED) in {"allowed", "denied", "unknown"}


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("// Copyright 2020\n// MIT License\n\nint x;\n", "int x;\n"),
        ("#!/bin/sh\n# Copyright 2020\necho\n", "echo\n"),
        ("/* Adds numbers. */\nint x;\n", "/* Adds numbers. */\nint x;\n"),
        ("#include <copyright.h>\n", "#include <copyright.h>\n"),
        ("# Copyright 2020\n", "# Copyright 2020\n"),
    ],
)
def test_a_notice_at_the_start_can_be_left_out(text, rest):
    """Comments with a copyright or licence notice go, other comments stay, and a text of nothing else stays whole."""
    assert without_notice(text) == rest


@pytest.mark.parametrize("text", ["().", "( and Classpath-exception-2.0 and", "(", "AND"])
def test_what_the_library_stumbles_over_is_unknown(text):
    """Whatever a corpus calls a licence, its shard is judged."""
    assert judged(source_file(licenses=[text]))["signals"]["judgement"] == "unknown"
