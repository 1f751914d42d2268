"""A job: its request, its folder, its errors."""
