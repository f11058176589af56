"""Documents of a reader's own: PDF, Markdown and plain text, read with their sections and places."""

from retrieval.documents.document import USUAL_LIMITS as USUAL_LIMITS
from retrieval.documents.document import DocumentLimits as DocumentLimits
from retrieval.documents.document import ReadDocument as ReadDocument
