"""The forms that an answer takes elsewhere: references, files, records."""
