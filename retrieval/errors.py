"""Everything that can go wrong for a user, as one small hierarchy.

    PaperbackedError
    ├── InputError          a question, filter or option that cannot be used
    ├── CorpusError         a papers file that cannot be read
    ├── DocumentError       a PDF or another document of a user's that cannot be read or shown
    ├── ModelError          weights or a model server that cannot be had
    │   └── MissingPackageError  a library that cannot be imported
    ├── OnlineError         a server of papers that does not answer as it should
    └── IndexStoreError     an index folder that cannot be read or written
        └── IndexGoneError  an index that another process has replaced

Every message is one plain sentence of what happened and what to do next.
"""


class PaperbackedError(Exception):
    """Base of all errors whose message is meant for the user."""

    @property
    def message(self) -> str:
        """The sentence as it was given: some of the application's know their code (app/notices)."""
        return self.args[0] if self.args else ""


class InputError(PaperbackedError):
    """A question, filter value or option cannot be used as given."""


class CorpusError(PaperbackedError):
    """A papers file is missing, unreadable or holds a bad record."""


class DocumentError(PaperbackedError):
    """A document cannot be read or shown: encrypted, scanned, broken, too large, too slow."""


class ModelError(PaperbackedError):
    """Model weights or a model server cannot be had, or are not what they should be."""


class MissingPackageError(ModelError):
    """A library that a model needs cannot be imported, as where paperbacked was installed without torch."""


class OnlineError(PaperbackedError):
    """A server of papers, such as arXiv or Zotero, cannot be reached or does not answer as it should."""


class IndexStoreError(PaperbackedError):
    """The index folder cannot be read, written or locked."""


class IndexGoneError(IndexStoreError):
    """The index was replaced by another process, or removed; whoever holds it is to open the newest one."""


def one_line(failure: BaseException) -> str:
    """An exception's kind and the beginning of its message, for use within a sentence."""
    first = (str(failure).splitlines() or ["no message"])[0]
    return f"{type(failure).__name__}: {first[:200].rstrip('.')}"
