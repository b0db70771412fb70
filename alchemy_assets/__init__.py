"""CodeAlchemy: public source code in, checked and attributable training data for code language models out."""

__version__ = "0.1.0"
