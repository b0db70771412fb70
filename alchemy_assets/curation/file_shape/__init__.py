"""The shape of files in numbers: what can be counted of many texts at once, without a parser."""
