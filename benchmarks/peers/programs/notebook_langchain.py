"""LangChain with Chroma, as tutorials write it: pieces of 1,000 characters that share 200, and the nearest ones."""

# pyright: reportMissingImports=false
from __future__ import annotations

from collections.abc import Iterable

from langchain_chroma import Chroma
from langchain_core.documents import Document
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter
from wire import Options, read_texts, serve


class Notebook:
    """The cells of the notebook."""

    def __init__(self, options: Options) -> None:
        self._embeddings = HuggingFaceEmbeddings(model_name=options.weights, model_kwargs={"device": "cpu"})
        self._store: Chroma | None = None

    def index(self, papers: str, folder: str) -> int:
        splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
        documents = [Document(page_content=paper.text, metadata={"paper": paper.id}) for paper in read_texts(papers)]
        pieces = splitter.split_documents(documents)
        self._store = Chroma.from_documents(pieces, self._embeddings, persist_directory=folder)
        return len(pieces)

    def open(self, folder: str) -> None:
        self._store = Chroma(persist_directory=folder, embedding_function=self._embeddings)

    def find(self, question: str, pieces: int) -> Iterable[tuple[str, float]]:
        assert self._store
        for piece, distance in self._store.similarity_search_with_score(question, k=pieces):
            yield piece.metadata["paper"], -distance


if __name__ == "__main__":
    serve(Notebook)
