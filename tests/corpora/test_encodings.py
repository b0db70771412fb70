"""Bytes become text only where that is safe, and always so that it can be redone."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemy_assets.corpora.encodings import decode, is_binary

RUSSIAN = """# Программа читает список чисел и считает среднее значение.
x = 1
# Результат печатается на экран, ошибки пишутся в журнал.
"""
JAPANESE = "# これは日本語のコメントです。関数を定義して、結果を表示します\nx = 1\n"
GREEK = "# Αυτό είναι ένα σχόλιο στα ελληνικά που εξηγεί το πρόγραμμα\nx = 1\n"


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r", "\u2028"])
def test_utf8_is_taken_as_it_is(ending):
    """UTF-8 comes out with its newlines untouched."""
    text = f"é{ending}x{ending}"
    assert decode(text.encode()) == (text, "utf-8")


@pytest.mark.parametrize(
    ("mark", "encoding", "name"),
    [
        (codecs.BOM_UTF8, "utf-8", "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16"),
        (codecs.BOM_UTF32_LE, "utf-32-le", "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32-be", "utf-32"),
    ],
)
def test_a_byte_order_mark_decides_and_is_removed(mark, encoding, name):
    """A mark names the encoding, and the text begins after it."""
    data = mark + "x = 'é'\n".encode(encoding)
    assert not is_binary(data)
    assert decode(data) == ("x = 'é'\n", name)


def test_a_broken_marked_file_is_not_decoded():
    """UTF-16 that ends in half a character is not guessed at."""
    assert decode(codecs.BOM_UTF16_LE + b"a\0b") is None


@pytest.mark.parametrize("data", [b"a\0b", b"\x7fELF\0", codecs.BOM_UTF8 + b"a\0"])
def test_a_nul_is_binary(data):
    """A NUL byte outside UTF-16 and UTF-32 means that this is no text."""
    assert is_binary(data)


def test_a_declaration_is_believed_if_it_holds():
    """What the first two lines declare is taken once UTF-8 failed."""
    data = "#!/usr/bin/python\n# -*- coding: iso-8859-1 -*-\nx = 'é'\n".encode("latin-1")
    assert decode(data) == (data.decode("latin-1"), "latin_1")


@pytest.mark.parametrize("name", ["unicode_escape", "rot13", "utf-7", "utf-16", "nonsense", "hex", "idna"])
def test_a_declared_codec_must_be_a_character_set(name):
    """A file cannot name a codec that computes, or one that does not exist."""
    assert decode(f"# coding: {name}\nx = '".encode() + b"\xe9'\n") is None


@pytest.mark.parametrize(
    ("text", "encoding"), [(RUSSIAN, "cp1251"), (RUSSIAN, "koi8_r"), (JAPANESE, "cp932"), (GREEK, "cp1253")]
)
def test_clear_cases_are_detected(text, encoding):
    """Comments in a language of its own letters are decoded, and with the right letters."""
    decoded = decode(text.encode(encoding))
    assert decoded is not None
    assert decoded.text == text


@pytest.mark.parametrize(
    "data",
    [
        "# Bj\xf6rn\nx = 1\n".encode("latin-1"),
        b"x = '\xff\xfe\x81'\n" * 3,
        "# naïve café".encode()[:-1] + b"\xe2\x80\n",
        "t = '25°C'; m = '5µm'\n".encode("latin-1"),
    ],
)
def test_what_could_be_several_things_is_not_decoded(data):
    """A few foreign bytes, or broken UTF-8, are not enough to trust a guess."""
    assert decode(data) is None


@given(st.binary(max_size=300) | st.text(max_size=80).map(lambda text: text.encode("cp1251", "ignore")))
def test_decoding_can_be_redone(data):
    """Whatever is decoded: the named codec gives the same text from the same bytes, and it is valid Unicode."""
    decoded = decode(data)
    if decoded is not None:
        assert data.decode(decoded.encoding) == decoded.text
        decoded.text.encode("utf-8")


@pytest.mark.parametrize(
    ("data", "claimed", "expected"),
    [
        ("s = 'ü'\n".encode("latin-1"), "ISO-8859-1", ("s = 'ü'\n", "latin_1")),
        ("s = 'ü'\n".encode(), "ISO-8859-1", ("s = 'ü'\n", "utf-8")),
        (b"s = '\x81\x8d'\n", "ISO-8859-1", None),
        ("s = 'ü'\n".encode("latin-1"), "unicode_escape", None),
        ("s = 'ü'\n".encode("latin-1"), "UTF-16", None),
        ("s = 'ü'\n".encode("latin-1"), "no such\0thing", None),
        ("s = 'ü'\n".encode("latin-1"), "", None),
    ],
)
def test_what_a_corpus_claims_is_tried_last(data, claimed, expected):
    """An encoding that a corpus names reads what nothing else can, unless it makes control characters or is no charset."""
    assert decode(data, claimed) == expected
