"""What people read, in English and Korean: codes become sentences."""
