"""What the fixtures are made of; tests import from here only what fixtures cannot give them."""
