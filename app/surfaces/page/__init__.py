"""The chat page: what it draws, in rooms of HTML that know nothing of Gradio."""
