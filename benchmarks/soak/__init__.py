"""A server under mixed readers for as long as one likes: does it stay as it was?"""
