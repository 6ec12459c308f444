"""What installs the course and builds the book; students need none of it."""
