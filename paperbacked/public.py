"""All that `paperbacked` gives; loaded with the first name that is asked for, as it takes a second."""

# ruff: noqa: F401
# pyright: reportUnusedImport=false

from app.answering.answer import Answer, AnswerSentence
from app.answering.citation import Citation
from app.answering.events import Done, Draft, Event, Failed, Followups, Quotes, SentenceChecked, Sources, Status, Token
from app.answering.question import Turn
from app.local_answerer import LocalAnswerer as Answerer
from paperbacked.opening import open_answerer, open_retriever
from retrieval.errors import CorpusError, IndexStoreError, InputError, ModelError, PaperbackedError
from retrieval.types import Filters, Paper, Passage
