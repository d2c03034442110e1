"""What people do with standards."""
