"""Words as numbers, and sentences as rows of numbers of equal length.

Three tokens are no words: one that pads a short sentence to the length of
the longest, one that starts a sentence and one that ends it. It leaves out
everything below the word (letters, subwords). Chapter 3.
"""

import torch

from course_lib import _require

PAD, START, END = 0, 1, 2
SPECIAL = ("<pad>", "<start>", "<end>")


class Vocabulary:
    """The words that a set of sentences uses, each with its number.

    Args:
        sentences: texts, with a space between two words. Words are
            numbered in the order of the alphabet.

    Raises:
        ValueError: when `encode` meets a word that it doesn't know.

    >>> words = Vocabulary(["the dog sleeps", "a cat"])
    >>> rows = words.encode(["a dog", "the cat sleeps"])
    >>> rows
    tensor([[3, 5, 2, 0],
            [7, 4, 6, 2]])
    >>> words.decode(rows)
    ['a dog', 'the cat sleeps']
    """

    def __init__(self, sentences):
        found = {word for text in sentences for word in text.split()}
        if not found:
            raise ValueError(
                "sentences must hold at least one word, got none; pass a "
                "list of texts."
            )
        self.words = (*SPECIAL, *sorted(found))
        self.numbers = {word: n for n, word in enumerate(self.words)}

    def __len__(self):
        """The number of tokens, the three special ones included."""
        return len(self.words)

    def encode(self, sentences):
        """Texts -> (N, K) tokens: the words, END, and PAD to one length."""
        _require.at_least(len(sentences), 1, name="number of sentences")
        rows = [[*map(self.number, text.split()), END] for text in sentences]
        longest = max(map(len, rows))
        return torch.tensor(
            [row + [PAD] * (longest - len(row)) for row in rows]
        )

    def number(self, word):
        """The number of a word."""
        if word not in self.numbers:
            raise ValueError(
                f"the word {word!r} is not in the vocabulary of "
                f"{len(self)}; make the vocabulary from all the sentences "
                "that it is to encode."
            )
        return self.numbers[word]

    def decode(self, rows):
        """(N, K) tokens -> texts, each up to its END."""
        texts = []
        for row in torch.as_tensor(rows).tolist():
            end = row.index(END) if END in row else len(row)
            texts.append(" ".join(self.words[n] for n in row[:end]))
        return texts


def n_tokens(rows):
    """How many tokens of each row are no padding: (N, K) -> (N,).

    >>> n_tokens(torch.tensor([[3, 5, 2, 0], [7, 4, 6, 2]]))
    tensor([3, 4])
    """
    return (rows != PAD).sum(dim=1)


def shifted(rows):
    """What a decoder reads when it is to write ``rows``.

    The word before each word: START first, and all but the last token.

    >>> shifted(torch.tensor([[7, 4, 6, 2]]))
    tensor([[1, 7, 4, 6]])
    """
    return torch.nn.functional.pad(rows[:, :-1], (1, 0), value=START)
