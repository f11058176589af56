"""What readers are told besides answers: every notice by its code, with its text in LANGUAGE.json."""
