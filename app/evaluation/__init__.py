"""How well papers are found and questions answered, measured on questions whose answers are known."""
