"""Naming the licence of a repository by its LICENSE file."""

from pathlib import Path

import pytest

from alchemy_assets.corpora.license_files import expression, identify, is_license_file

GRANT = "Permission is hereby granted, free of charge, to any person obtaining a copy of this software"
NOTICE = "The above copyright notice and this permission notice shall be included in all copies."
BSD = "Redistribution and use in source and binary forms, with or without modification, are permitted"
ISC = "Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is"
GNU = "as published by the Free Software Foundation"

TEXTS = {
    f"The MIT License\n\n{GRANT} ...\n{NOTICE}": "MIT",
    f"{GRANT} ...": "MIT-0",
    f"{GRANT} to deal with the Software without restriction. {NOTICE}": "NCSA",
    "Apache License\n  Version 2.0, January 2004": "Apache-2.0",
    "Licensed under the Apache License, Version 2.0 (the License)": "Apache-2.0",
    f"{BSD} provided that": "BSD-2-Clause",
    f"{BSD} ... Neither the name of the copyright holder nor": "BSD-3-Clause",
    f"{BSD} ... All advertising materials mentioning features or use of this software": "BSD-4-Clause",
    f"{ISC} hereby granted, provided that ... appear in all copies.": "ISC",
    f"{ISC} hereby granted.": "0BSD",
    "GNU GENERAL PUBLIC LICENSE\n Version 2, June 1991": "GPL-2.0-only",
    "GNU GENERAL PUBLIC LICENSE\n Version 3, 29 June 2007": "GPL-3.0-only",
    "GNU LESSER GENERAL PUBLIC LICENSE\n Version 2.1, February 1999": "LGPL-2.1-only",
    "GNU AFFERO GENERAL PUBLIC LICENSE\n Version 3, 19 November 2007": "AGPL-3.0-only",
    f"the GNU General Public License {GNU}, either version 3 of the License, or (at your option) any later version": "GPL-3.0-or-later",
    f"the GNU Lesser General Public License {GNU}; version 2.1.": "LGPL-2.1-only",
    "Mozilla Public License Version 2.0\n ... GNU General Public License, Version 2.0": "MPL-2.0",
    "This is free and unencumbered software released into the public domain.": "Unlicense",
    "Creative Commons Legal Code\n\nCC0 1.0 Universal": "CC0-1.0",
    "PYTHON SOFTWARE FOUNDATION LICENSE VERSION 2": "PSF-2.0",
    "Boost Software License - Version 1.0 - August 17th, 2003": "BSL-1.0",
    "Altered source versions must be plainly marked as such, and": "Zlib",
    "DO WHAT THE FUCK YOU WANT TO PUBLIC LICENSE": "WTFPL",
    "Eclipse Public License - v 2.0": "EPL-2.0",
    "SPDX-License-Identifier: MIT OR Apache-2.0\n\nSee the files.": "MIT OR Apache-2.0",
    "All rights reserved.": "",
    "": "",
}


@pytest.mark.parametrize(
    ("text", "identifier"), TEXTS.items(), ids=[name or f"none{i}" for i, name in enumerate(TEXTS.values())]
)
def test_a_text_is_known_by_its_phrases(text, identifier):
    """A licence is named by what only it says, whatever its lines, letters and marks."""
    assert identify(text.encode()) == identifier
    assert identify(text.upper().replace(" ", "\n * ").encode()) == identifier or "SPDX" in text


def test_what_comes_first_decides():
    """Notices of third parties, and identifiers inside them, follow the project's own licence and do not change it."""
    own = f"Copyright Ada\n\n{BSD} provided that\n"
    assert identify(
        f"{own}{'x ' * 2_000}\n{GRANT} {NOTICE}\nSPDX-License-Identifier: GPL-3.0-only\nNeither the name".encode()
    ) == ("BSD-2-Clause")


@pytest.mark.parametrize(
    ("file", "identifier"),
    [
        ("GPL-2", "GPL-2.0-only"),
        ("GPL-3", "GPL-3.0-only"),
        ("LGPL-2.1", "LGPL-2.1-only"),
        ("LGPL-3", "LGPL-3.0-only"),
        ("MPL-2.0", "MPL-2.0"),
        ("Apache-2.0", "Apache-2.0"),
    ],
)
def test_whole_licences_are_known(file, identifier):
    """The whole texts, where Debian has them, are named right: the notice at their end is not a grant."""
    path = Path("/usr/share/common-licenses") / file
    if not path.exists():
        pytest.skip("only on Debian")
    assert identify(path.read_bytes()) == identifier


@pytest.mark.parametrize(
    "name",
    ["LICENSE", "licence.txt", "License.md", "COPYING", "COPYING.LESSER", "UNLICENSE", "LICENSE-MIT", "LICENSE.APACHE"],
)
def test_names_of_licence_files(name):
    """Both spellings, with or without a suffix, are licence files."""
    assert is_license_file(name)


@pytest.mark.parametrize(
    "name", ["license.py", "licenses.go", "LICENSES.rs", "licensing.md", "copying_files.txt2.c", "my-license"]
)
def test_source_about_licences_is_source(name):
    """A program with such a name stays a program."""
    assert not is_license_file(name)


@pytest.mark.parametrize(
    ("licenses", "expected"),
    [
        ([("LICENSE", "MIT")], "MIT"),
        ([("LICENSE", "")], ""),
        ([], ""),
        ([("LICENSE-MIT", "MIT"), ("LICENSE-APACHE", "Apache-2.0")], "Apache-2.0 OR MIT"),
        ([("UNLICENSE", "Unlicense"), ("LICENSE-MIT", "MIT")], "MIT OR Unlicense"),
        ([("LICENSE", "MIT"), ("LICENSE-3rdparty.txt", "BSD-3-Clause")], "BSD-3-Clause AND MIT"),
        ([("LICENSE", "MIT OR ISC"), ("COPYING", "Zlib")], "(MIT OR ISC) AND Zlib"),
        ([("COPYING", "GPL-3.0-only"), ("COPYING.LESSER", "LGPL-3.0-only")], "LGPL-3.0-only"),
        (
            [("LICENSE", ""), ("LICENSE.APACHE", "Apache-2.0"), ("LICENSE.BSD", "BSD-2-Clause")],
            "Apache-2.0 OR BSD-2-Clause",
        ),
        ([("LICENSE", "MIT"), ("COPYING", "MIT")], "MIT"),
    ],
)
def test_several_files_are_one_expression(licenses, expected):
    """Files named after their licence are a choice, others hold together, and the order does not matter."""
    assert expression(licenses) == expression(reversed(licenses)) == expected
